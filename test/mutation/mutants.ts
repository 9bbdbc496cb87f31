import { parseSync, Visitor } from 'vite';

/** One small change of a source file. */
export interface Mutant {
  /** The mutator, `comparison`. */
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** The line in the file, from 1. */
  readonly line: number;
  readonly before: string;
  /** The smallest expression or statement that the change is in: it can be exchanged as a whole. */
  readonly host: Place & { readonly is: 'expression' | 'statement' };
}

/** An operator and what stands in its place. */
const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};

/** A method and what is called in its place. */
const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  max: 'min',
  min: 'max',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};

/** A node of the syntax tree, as far as it is needed: every node has its place in the text. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** Returns every mutant of a TypeScript file, in the order of the text. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, source, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Mutant[] = [];
  // Types and names: a literal there is no value.
  const noValues: Place[] = [];
  const chains: Place[] = [];
  function add(kind: string, { start, end }: Place, text: string, host: Mutant['host']): void {
    const line = source.slice(0, start).split('\n').length;
    found.push({ kind, start, end, text, line, before: source.slice(start, end), host });
  }
  const whole = ({ start, end }: Place): Mutant['host'] => ({ start, end, is: 'expression' });
  const exchange = (kind: string, node: Place, text: string): void =>
    add(kind, node, text, whole(node));
  const written = ({ start, end }: Place): string => source.slice(start, end);
  const named = ({ key, computed }: { readonly key: Place; readonly computed: boolean }): void => {
    if (!computed) noValues.push(key);
  };
  function operator(
    kind: string,
    node: Place & { readonly left: Place; readonly right: Place; readonly operator: string },
  ): void {
    const { left, right, operator: name } = node;
    const other = OPERATORS[name];
    const at = source.indexOf(name, left.end);
    if (other !== undefined && at >= 0 && at < right.start)
      add(kind, { start: at, end: at + name.length }, other, whole(node));
  }
  function method(callee: Place & { readonly property?: Place }, host: Place): void {
    if (!callee.property) return;
    const name = written(callee.property);
    const other = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (other !== undefined) add('method', callee.property, other, whole(host));
  }
  new Visitor({
    TSLiteralType: (node) => void noValues.push(node),
    TSTypeAnnotation: (node) => void noValues.push(node),
    Property: named,
    MethodDefinition: named,
    PropertyDefinition: named,
    ChainExpression: (node) => void chains.push(node),
    BinaryExpression: (node) => operator('operator', node),
    LogicalExpression(node) {
      if (node.operator === '??') exchange('default', node, `(${written(node.left)})`);
      else operator('logic', node);
    },
    IfStatement({ test }) {
      exchange('condition', test, 'true');
      exchange('condition', test, 'false');
    },
    ConditionalExpression({ test }) {
      exchange('condition', test, 'true');
      exchange('condition', test, 'false');
    },
    UnaryExpression(node) {
      if (node.operator === '!') exchange('negation', node, written(node.argument));
    },
    Literal(node) {
      if (typeof node.value === 'boolean') exchange('boolean', node, String(!node.value));
      if (typeof node.value === 'number') exchange('number', node, String(node.value + 1));
    },
    ExpressionStatement(node) {
      const { expression } = node;
      const call = expression.type === 'AwaitExpression' ? expression.argument : expression;
      const { start, end } = node;
      if (call.type === 'CallExpression') add('call', node, ';', { start, end, is: 'statement' });
    },
    CallExpression(node) {
      if (node.callee.type === 'MemberExpression' && !node.callee.computed)
        method(node.callee, node);
    },
  }).visit(program);
  const within = (inner: Place, outer: Place): boolean =>
    outer.start <= inner.start && inner.end <= outer.end;
  return found
    .filter((mutant) => !noValues.some((place) => within(mutant, place)))
    .map((mutant) => {
      // A part of `a?.b().c` is no expression of its own: without an `a` nothing of it is evaluated.
      const chain = chains.findLast((outer) => mutant.kind === 'method' && within(mutant, outer));
      return chain ? { ...mutant, host: whole(chain) } : mutant;
    })
    .toSorted((a, b) => a.start - b.start || a.text.localeCompare(b.text));
}

/** Returns the source with one mutant in it. */
export const applied = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end);
