/** One kind of finding, as `check --explain` and the README say it. */
interface Words {
  /** What it means. */
  readonly means: string;
  /** What to do about it. */
  readonly cure: string;
}

/** Everything that `check` can find. A code stays what it is: people search for it. */
export const CODES = {
  'not-json': {
    means:
      'The file is not JSON: a comma or a bracket too many or too few, a comment, a word without quotes. Or it is not saved as UTF-8.',
    cure: 'Mend it where the finding points. An editor shows the same place.',
  },
  'duplicate-key': {
    means: 'A key stands twice in one object; only the last would count.',
    cure: 'Remove one of the two.',
  },
  'missing-file': {
    means: 'A file that the rules need is not there.',
    cure: 'Write it; the finding says what it is for.',
  },
  'not-read': {
    means:
      'A rule, list or story that nobody reads: its name does not end in .json, or it lies in a folder of its own.',
    cure: 'Rename or move it: rules lie directly in the folder, the rest in lists/, conditions/, guardrails/ and tests/. What is put away may lie in a folder whose name begins with a dot.',
  },
  'unknown-key': {
    means: 'Nobody knows this key here.',
    cure: 'Mostly a typing mistake: see what the finding proposes.',
  },
  'missing-key': {
    means: 'A key that is needed is not there.',
    cure: 'Write it. The README lists the keys of a rule.',
  },
  'bad-value': {
    means: 'The value is of another kind than expected.',
    cure: 'Write what the finding expects.',
  },
  'file-name': {
    means: 'The file is not called as what it holds.',
    cure: 'Rename the file, or change "name". `check --fix` writes the file’s name into it.',
  },
  'duplicate-name': {
    means: 'Two files have the same name in them.',
    cure: 'Give one of them another name.',
  },
  'too-many-rules': {
    means: 'More than 10,000 rules.',
    cure: 'Join rules that differ by a value: use lists.',
  },
  'too-large': {
    means: 'The rules are larger than 4 MB without their examples.',
    cure: 'Share values by named lists.',
  },
  'unknown-trigger': {
    means: 'Sinch sends no callback of this name.',
    cure: 'See “comes with” in the README’s table of facts.',
  },
  'unknown-fact': {
    means: 'No fact has this name.',
    cure: 'See the facts in the README. Any other field can be reached by "payload" with a "path".',
  },
  'unknown-operator': {
    means: 'No operator has this name.',
    cure: 'See the operators in the README.',
  },
  'unknown-action': { means: 'No action has this name.', cure: 'See the actions in the README.' },
  'broken-list': {
    means: 'A list that the rule uses has an error.',
    cure: 'Mend that file first.',
  },
  'unknown-list': {
    means: 'There is no list of this name.',
    cure: 'Write rules/lists/<name>.json, or mend the name.',
  },
  'unknown-condition': {
    means: 'There is no shared condition of this name.',
    cure: 'Write rules/conditions/<name>.json, or mend the name.',
  },
  'unknown-rule': { means: 'A param names a rule that is not there.', cure: 'Mend the name.' },
  'unknown-sample': {
    means: 'No callback that comes with Signalbox has this name.',
    cure: 'See `send --list`, or write the callback itself under "callback".',
  },
  'unknown-destination': {
    means: 'A param names a destination that alerts.json does not have: nobody would be told.',
    cure: 'Mend the name, or add the destination to rules/alerts.json.',
  },
  'matches-nothing': {
    means:
      'A match in alerts.json names a rule, an owner, a channel or a label that no alert has: it takes and mutes nothing.',
    cure: 'Mend the name, or remove the match.',
  },
  'fact-not-carried': {
    means: 'None of the rule’s triggers carries this fact, so it would always be missing.',
    cure: 'Take another fact, or listen to a trigger that carries it; the finding names them.',
  },
  'operator-does-not-suit': {
    means:
      'The operator does not work on this type of fact, or nobody remembers the fact’s earlier value.',
    cure: 'Take one of the operators that the finding names.',
  },
  'value-does-not-suit': {
    means: 'The operator takes another kind of value.',
    cure: 'A number stands without quotes, a text in quotes, several values in [ ] with "in" instead of "equal".',
  },
  decorator: {
    means: 'Decorators like "everyFact:" are part of json-rules-engine, not of Signalbox.',
    cure: 'Use a named list, or "all" and "any".',
  },
  'fact-as-value': {
    means: 'A fact cannot be compared with another fact.',
    cure: 'Write the value itself. For "has changed", use changedTo or changedFrom.',
  },
  'path-missing': {
    means: 'This fact holds many fields; which one is not said.',
    cure: 'Write "path": "a.b.0".',
  },
  'path-unexpected': {
    means: 'This fact is one value and has no paths.',
    cure: 'Leave "path" out.',
  },
  'bad-path': {
    means: 'The path is not made of names and list positions joined by dots.',
    cure: 'Write it like "a.b.0". JSONPath is not taken.',
  },
  'empty-group': {
    means: '"all" or "any" holds nothing.',
    cure: 'Write at least one condition, or remove the group.',
  },
  'mixed-group': {
    means: 'Two of "all", "any", "not", "condition" at one level.',
    cure: 'Nest one inside the other.',
  },
  'too-deep': {
    means: 'Conditions nest deeper than 8 levels, or a file so deep that it cannot be read.',
    cure: 'Move a part into rules/conditions/.',
  },
  'too-many-conditions': {
    means: 'More than 50 comparisons in one rule.',
    cure: 'Use a named list, or make two rules of it.',
  },
  'condition-cycle': {
    means: 'A shared condition asks for itself.',
    cure: 'Break the circle that the finding shows.',
  },
  'broken-condition': {
    means: 'A shared condition that the rule uses has an error.',
    cure: 'Mend that file first.',
  },
  'bad-template': {
    means: 'A text in an action has something else than plain {{facts}} in it.',
    cure: 'Only names in double braces are filled in, with what stands there instead: {{metadata|none}}. No #, ^, &, > and no three braces.',
  },
  'template-may-be-empty': {
    means:
      'A text names a fact that may be missing when the rule fires: a trigger does not carry it, or not always, and the condition does not ask for it. There it leaves nothing.',
    cure: 'Say what stands there instead: {{metadata|none}}, or {{metadata|}} if nothing is meant. Or ask for the fact in the condition.',
  },
  'action-needs': {
    means:
      'The action requires a fact that a trigger of the rule does not carry. It is an error if no trigger of the rule carries it, else a warning.',
    cure: 'Listen to other triggers, or take another action; the finding names the triggers on which it works.',
  },
  'unseen-value': {
    means: 'Sinch was never seen to send this value. It may be new, or a typing mistake.',
    cure: 'See what the finding proposes. A new value may stay: this is a warning.',
  },
  'not-folded': {
    means:
      'The fact is folded (upper case, no accents), so a value in other letters never equals it.',
    cure: 'Write it folded, or use "says". `check --fix` folds it.',
  },
  'empty-list': {
    means: 'A list without values: nothing is ever in it.',
    cure: 'Add values, or remove the comparison.',
  },
  'never-fires': {
    means: 'No callback can make the rule fire: its conditions contradict each other.',
    cure: 'Look for two conditions on one fact inside one "all": mostly one of them belongs into an "any".',
  },
  'never-on': {
    means: 'The rule listens to a trigger that can never make it fire.',
    cure: 'Remove the trigger from "on", or put what only the other triggers carry into an "any".',
  },
  'always-fires': {
    means: 'Every callback of its triggers makes the rule fire.',
    cure: 'If that is meant, say so: {"fact": "trigger", "operator": "present"}. Else mend the condition.',
  },
  'looked-at-always': {
    means:
      'Every callback of a trigger looks at the rule, because nothing that must hold can be looked up: it asks for absence, for what only Signalbox remembers ("attempt"), or one part of an "any" does.',
    cure: 'Put a condition on a value that the callback carries into an "all". If every callback is meant, say so there: {"fact": "trigger", "operator": "present"}.',
  },
  'dead-branch': {
    means:
      'A part of an "any" can never hold together with the rest of the rule, so it does nothing.',
    cure: 'Remove it, or mend what contradicts it.',
  },
  shadowed: {
    means: 'Whenever the rule would fire, rules with "stop" before it fire: it is never asked.',
    cure: 'Give it a higher priority, or take "stop" away from the others.',
  },
  'duplicate-rule': {
    means: 'Another rule fires for the same callbacks and does the same.',
    cure: 'Remove one of the two.',
  },
  'subsumed-rule': {
    means: 'Whenever the rule fires, another one fires too and does the same.',
    cure: 'Remove it, or let it do something else.',
  },
  'opposite-actions': {
    means: 'Two rules fire for the same callback, and one undoes what the other does.',
    cure: 'Add a condition to one of them that rules the other out.',
  },
  'feeds-itself': {
    means:
      'The rule’s action brings about a callback for which the rule fires again, even when all went well: a retry that also fires when a message was delivered would send it again and again, up to at_most.',
    cure: 'Ask for the failure that is to be mended: "status" equal "FAILED", a "failure_class", "CAPABILITY_UNKNOWN".',
  },
  unused: {
    means: 'No rule uses this list or shared condition.',
    cure: 'Remove the file, or use it.',
  },
  'repeated-value': {
    means: 'A value of a list says what another one says already.',
    cure: 'Remove it. `check --fix` removes values that stand twice.',
  },
  'dead-value': {
    means: 'A failure code stands in two classes: the first class that is looked at has it.',
    cure: 'Leave it in the list that it belongs to.',
  },
  'no-firing-example': {
    means: 'No example shows the rule firing.',
    cure: 'Add one with "fires": true. A real callback serves; leave names and numbers of people out.',
  },
  'no-quiet-example': {
    means: 'No example shows what the rule lets pass.',
    cure: 'Add one with "fires": false that misses only just.',
  },
  'undecided-condition': {
    means:
      'A part of the condition could say its contrary, and every example would come out as before.',
    cure: 'Add an example that comes out otherwise because of it, or remove the part.',
  },
  'schema-not-current': {
    means:
      'What editors complete by (a *.schema.json) knows other lists, conditions, facts or actions than there are.',
    cure: 'Run `npm run -s signalbox -- schema`, or `check --fix`.',
  },
  expired: {
    means: 'The rule’s time is over: it does nothing any more.',
    cure: 'Remove the rule, or its "expires".',
  },
  'expires-soon': {
    means: 'The rule ends within two weeks.',
    cure: 'If it should go on, write a later time.',
  },
  'cooldown-alone': {
    means: '"cooldown" stands without a "threshold".',
    cure: 'Write a threshold, or remove it.',
  },
  'too-many': {
    means: 'More facts make a group than can be counted by.',
    cure: 'Leave some out of "per".',
  },
  'stop-with-threshold': {
    means: 'A rule that counts fires later than the others, so it cannot stop them.',
    cure: 'Remove "stop" or the threshold.',
  },
  'guardrail-broken': {
    means: 'The rules do not do what a guardrail demands of every rulebook.',
    cure: 'Mend the rules. A guardrail is only changed by who answers for it.',
  },
  'example-failed': {
    means: 'An example of a rule comes out otherwise than it says.',
    cure: 'Run `npm run -s signalbox -- test`: it says why. Mend the rule or the example.',
  },
  'guardrail-empty': {
    means: 'A guardrail demands nothing, or has no callback.',
    cure: 'Complete it.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type FindingCode = keyof typeof CODES;

/** The words of a code. */
export const codeWords = (code: string): Words | undefined =>
  Object.entries(CODES).find(([name]) => name === code)?.[1];
