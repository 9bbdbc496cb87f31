import { LOGIC_CODES } from './logic-codes.ts';
import { PROOF_CODES, type Words } from './proof-codes.ts';

/** Every finding code of `check`. Codes are stable, because users search for them. */
export const CODES = {
  'not-json': {
    means:
      'The file is not JSON: a comma or a bracket too many or too few, a comment, a word without quotes. Or it is not saved as UTF-8.',
    cure: 'Correct it at the position of the finding. An editor shows the same position.',
    stated: true,
  },
  'duplicate-key': {
    means: 'A key occurs twice in one object; only the last one would count.',
    cure: 'Remove one of the two.',
  },
  'missing-file': {
    means: 'A file that the rules need does not exist.',
    cure: 'Create it; the finding says what it is for.',
  },
  'not-read': {
    means:
      'A rule, list or story is not read: its name does not end in .json, or it is in an unknown folder.',
    cure: 'Rename or move it: rules belong directly into the folder, other files into lists/, conditions/, guardrails/ and tests/. To keep unused files, put them into a folder whose name begins with a dot.',
    inert: true,
  },
  'wrong-folder': {
    means:
      'The file is of another kind than its folder holds: a list beside the rules, or a rule in lists/.',
    cure: 'Move it: rules lie directly in rules/, the rest in lists/, conditions/, guardrails/ and tests/.',
  },
  'unknown-key': {
    means: 'The key is not allowed here.',
    cure: 'Usually a typing mistake: see the suggestion of the finding.',
  },
  'missing-key': {
    means: 'A required key is missing.',
    cure: 'Add it. docs/reference/rule.md lists the keys of a rule.',
  },
  'bad-value': {
    means: 'The value has the wrong type or format.',
    cure: 'Write what the finding expects.',
    stated: true,
  },
  'file-name': {
    means: 'The name of the file differs from "name" inside.',
    cure: 'Rename the file, or change "name". `check --fix` writes the file’s name into it.',
  },
  'duplicate-name': {
    means: 'Two files contain the same "name".',
    cure: 'Give one of them another name.',
  },
  'too-many-rules': {
    means: 'More than 10,000 rules.',
    cure: 'Combine rules that differ in one value: use lists.',
  },
  'too-large': {
    means: 'The rules are larger than 4 MB without their examples.',
    cure: 'Share values by named lists.',
  },
  'too-costly': {
    means:
      'The rules need more CPU time or memory than a Worker has for them. The finding names the rule or list that needs most.',
    cure: 'Combine rules that differ in one value, and share values by named lists.',
  },
  'unknown-trigger': {
    means: 'Sinch sends no callback of this name.',
    cure: 'See the column “comes with” in the table of facts.',
  },
  'unknown-fact': {
    means: 'No fact has this name.',
    cure: 'See the table of facts. Any other field can be reached by "payload" with a "path".',
  },
  'unknown-operator': {
    means: 'No operator has this name.',
    cure: 'See the table of operators.',
  },
  'unknown-action': { means: 'No action has this name.', cure: 'See the table of actions.' },
  'broken-list': {
    means: 'A list that the rule uses has an error.',
    cure: 'Correct that file first.',
  },
  'unknown-list': {
    means: 'There is no list of this name.',
    cure: 'Create rules/lists/<name>.json, or correct the name.',
  },
  'unknown-condition': {
    means: 'There is no shared condition of this name.',
    cure: 'Create rules/conditions/<name>.json, or correct the name.',
  },
  'unknown-rule': {
    means: 'A parameter refers to a rule that does not exist.',
    cure: 'Correct the name.',
  },
  'unknown-sample': {
    means: 'No callback that comes with Signalbox has this name.',
    cure: 'See `send --list`, or write the callback itself under "callback".',
  },
  'unknown-destination': {
    means:
      'A parameter refers to a destination that alerts.json does not define, so the alert would reach no one.',
    cure: 'Correct the name, or add the destination to rules/alerts.json.',
  },
  'matches-nothing': {
    means:
      'A match in alerts.json names a rule, an owner, a channel or a label that no alert has, so it never matches.',
    cure: 'Correct the name, or remove the match.',
  },
  'fact-not-carried': {
    means: 'None of the rule’s triggers carries this fact, so it would always be missing.',
    cure: 'Use another fact, or add a trigger that carries it; the finding names them.',
  },
  'operator-does-not-suit': {
    means:
      'The operator does not work on this type of fact, or the previous value of the fact is not stored.',
    cure: 'Use one of the operators that the finding names.',
  },
  'value-does-not-suit': {
    means: 'The operator takes another type of value.',
    cure: 'Write a number without quotes, a text in quotes, several values in [ ] with "in" instead of "equal".',
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
    means: 'This fact contains many fields, and the comparison does not say which.',
    cure: 'Write "path": "a.b.0".',
  },
  'path-unexpected': {
    means: 'This fact is one value and has no paths.',
    cure: 'Leave "path" out.',
  },
  'bad-path': {
    means: 'The path is not made of names and list positions joined by dots.',
    cure: 'Write it like "a.b.0". JSONPath is not supported.',
  },
  'empty-group': {
    means: '"all" or "any" is empty.',
    cure: 'Write at least one condition, or remove the group.',
  },
  'mixed-group': {
    means: 'Two of "all", "any", "not", "condition" at one level.',
    cure: 'Nest one inside the other.',
  },
  'too-deep': {
    means: 'Conditions nest deeper than 8 levels, or a file is nested too deeply to be read.',
    cure: 'Move a part into rules/conditions/.',
  },
  'too-many-conditions': {
    means: 'More than 50 comparisons in one rule.',
    cure: 'Use a named list, or make two rules of it.',
  },
  'condition-cycle': {
    means: 'A shared condition uses itself, directly or through others.',
    cure: 'Break the cycle that the finding shows.',
  },
  'broken-condition': {
    means: 'A shared condition that the rule uses has an error.',
    cure: 'Correct that file first.',
  },
  'bad-template': {
    means: 'A text of an action contains a tag other than a plain {{fact}}.',
    cure: 'Write only names in double braces, optionally with a text for a missing value: {{metadata|none}}. Do not use #, ^, &, > or three braces.',
  },
  'template-may-be-empty': {
    means:
      'A text names a fact that may be missing when the rule fires: a trigger does not carry it, or not always, and the condition does not require it. The text is then empty there.',
    cure: 'Write the text for a missing value: {{metadata|none}}. Or put the words around it into double square brackets, which are left out when no fact in them is known: [[ Reference {{metadata}}.]]. Or require the fact in the condition.',
    follows: 'condition',
  },
  'action-needs': {
    means:
      'The action requires a fact that a trigger of the rule does not carry. It is an error if no trigger of the rule carries it, else a warning.',
    cure: 'Use other triggers, or another action; the finding names the triggers that the action works on.',
  },
  'unseen-value': {
    means: 'Sinch was never seen to send this value. It may be new, or a typing mistake.',
    cure: 'See the suggestion of the finding. You can keep a new value: this is a warning.',
  },
  'not-folded': {
    means:
      'The fact is folded (upper case, no accents), so a value in other letters never equals it.',
    cure: 'Write it folded, or use "says". `check --fix` folds it.',
  },
  'empty-list': {
    means: 'The list has no values, so a comparison with it never holds.',
    cure: 'Add values, or remove the comparison.',
  },
  'never-fires': {
    means: 'No callback can make the rule fire: its conditions contradict each other.',
    cure: 'Look for two conditions on one fact inside one "all": usually one of them belongs into an "any".',
    follows: 'condition',
  },
  'never-on': {
    means: 'No callback of one of the rule’s triggers can make it fire.',
    cure: 'Remove the trigger from "on", or put conditions on facts that only other triggers carry into an "any".',
    follows: 'condition',
  },
  'always-fires': {
    means: 'Every callback of its triggers makes the rule fire.',
    cure: 'If you want this, write {"fact": "trigger", "operator": "present"}. Otherwise correct the condition.',
    follows: 'condition',
  },
  'looked-at-always': {
    means:
      'Every callback of a trigger has to evaluate the rule, because the index cannot use any required condition: they test for absence, compare facts that only Signalbox stores ("attempt"), or one part of an "any" does.',
    cure: 'Put a condition on a value that the callback carries into an "all". If you want every callback, write there: {"fact": "trigger", "operator": "present"}.',
    follows: 'condition',
  },
  'dead-branch': {
    means:
      'A part of an "any" can never hold together with the rest of the rule, so it does nothing.',
    cure: 'Remove it, or correct what contradicts it.',
    follows: 'logic',
  },
  shadowed: {
    means:
      'A rule with "stop" fires whenever certain later rules would, so those never take effect. The finding stands at the rule that stops them and names them.',
    cure: 'Remove "stop", make its condition narrower, or give the others a higher priority.',
  },
  'opposite-actions': {
    means: 'Two rules fire for the same callback, and one undoes what the other does.',
    cure: 'Add a condition so that only one of them fires.',
    follows: 'condition',
  },
  'feeds-itself': {
    means:
      'The rule’s action triggers a callback for which the rule fires again, even on success: a retry rule that also fires for a delivered message resends it up to at_most times.',
    cure: 'Add a condition for the failure to handle: "status" equal "FAILED", a "failure_class", "CAPABILITY_UNKNOWN".',
    follows: 'condition',
    ofCondition: true,
  },
  'any-direction': {
    means:
      'The rule suppresses, unsuppresses or replies, and also fires for a message that your business wrote itself (direction TO_CONTACT): an echo of your own “Reply STOP to opt out” would opt the person out.',
    cure: 'Add the shared condition "from-the-person", or compare "direction".',
    follows: 'condition',
    ofCondition: true,
  },
  unused: {
    means:
      'No rule uses this list or shared condition, or nothing names this destination or schedule of alerts.json.',
    cure: 'Remove it, or use it.',
    inert: true,
  },
  'repeated-value': {
    means: 'Another value of the list has the same effect.',
    cure: 'Remove it. `check --fix` removes values that occur twice.',
    inert: true,
  },
  'dead-value': {
    means: 'A failure code is in two classes. The first class in order has it.',
    cure: 'Keep it in the list that it belongs to.',
  },
  'no-firing-example': {
    means: 'No example shows the rule firing.',
    cure: 'Add one with "fires": true. Use a real callback without names and numbers of people.',
  },
  'no-quiet-example': {
    means: 'No example shows a callback for which the rule does not fire.',
    cure: 'Add one with "fires": false that almost fires.',
  },
  'undecided-condition': {
    means: 'A part of the condition could be negated without changing the result of any example.',
    cure: 'Add an example whose result depends on it, or remove the part.',
    follows: 'examples',
  },
  'schema-not-current': {
    means:
      'A *.schema.json file, which editors use for completion, does not match the current lists, conditions, facts or actions.',
    cure: 'Run `npm run -s signalbox -- schema`, or `check --fix`.',
    inert: true,
  },
  expired: {
    means: 'The rule has expired and no longer fires.',
    cure: 'Remove the rule, or its "expires".',
    inert: true,
  },
  'expires-soon': {
    means: 'The rule expires within two weeks.',
    cure: 'To keep it, write a later time.',
    inert: true,
  },
  ...LOGIC_CODES,
  ...PROOF_CODES,
} as const satisfies Readonly<Record<string, Words>>;

export type FindingCode = keyof typeof CODES;

/** Returns the description of a code. */
export const codeWords = (code: string): Words | undefined =>
  Object.entries(CODES).find(([name]) => name === code)?.[1];
