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
interface Place {
  readonly start: number;
  readonly end: number;
}

/** Returns every mutant of a TypeScript file, in the order of the text. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, source, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  const found: Mutant[] = [];
  const types: Place[] = [];
  const add = (kind: string, { start, end }: Place, text: string): void => {
    const line = source.slice(0, start).split('\n').length;
    found.push({ kind, start, end, text, line, before: source.slice(start, end) });
  };
  const written = ({ start, end }: Place): string => source.slice(start, end);
  function operator(kind: string, left: Place, right: Place, name: string): void {
    const other = OPERATORS[name];
    const at = source.indexOf(name, left.end);
    if (other !== undefined && at >= 0 && at < right.start)
      add(kind, { start: at, end: at + name.length }, other);
  }
  new Visitor({
    TSLiteralType: (node) => void types.push(node),
    BinaryExpression: ({ left, right, operator: name }) => operator('operator', left, right, name),
    LogicalExpression(node) {
      if (node.operator === '??') add('default', node, `(${written(node.left)})`);
      else operator('logic', node.left, node.right, node.operator);
    },
    IfStatement({ test }) {
      add('condition', test, 'true');
      add('condition', test, 'false');
    },
    ConditionalExpression({ test }) {
      add('condition', test, 'true');
      add('condition', test, 'false');
    },
    UnaryExpression(node) {
      if (node.operator === '!') add('negation', node, written(node.argument));
    },
    Literal(node) {
      if (typeof node.value === 'boolean') add('boolean', node, String(!node.value));
      if (typeof node.value === 'number') add('number', node, String(node.value + 1));
    },
    ExpressionStatement(node) {
      const { expression } = node;
      const call = expression.type === 'AwaitExpression' ? expression.argument : expression;
      if (call.type === 'CallExpression') add('call', node, ';');
    },
    MemberExpression({ property, computed }) {
      if (computed || property.type !== 'Identifier') return;
      const other = Object.hasOwn(METHODS, property.name) ? METHODS[property.name] : undefined;
      if (other !== undefined) add('method', property, other);
    },
  }).visit(program);
  // A literal of a type is no value.
  const isType = ({ start }: Place): boolean =>
    types.some((type) => type.start <= start && start < type.end);
  return found
    .filter((mutant) => !isType(mutant))
    .toSorted((a, b) => a.start - b.start || a.text.localeCompare(b.text));
}

/** Returns the source with one mutant in it. */
export const applied = (source: string, { start, end, text }: Mutant): string =>
  source.slice(0, start) + text + source.slice(end);
