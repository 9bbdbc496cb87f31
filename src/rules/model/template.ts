import type { FactType, FactValue } from '../../callbacks/facts/fact.ts';
import { closest } from './closest.ts';
import { factEntry, factNames, isCarried, pathFault } from './facts.ts';
import type { FindingCode } from './finding-codes.ts';
import { formatValue } from './format.ts';
import { factHint, longerFactHint } from './names/other-names.ts';
import { type FactUse, useOf } from './tree.ts';
import type { FactEntry } from './vocabulary.ts';

/** A fact in a template. */
interface Blank extends FactUse {
  /** The text for a missing fact: `none` in `{{metadata|none}}`. Empty by default, and in an optional part. */
  readonly otherwise?: string;
}

/** A part in `[[…]]`: left out when every fact in it is missing. */
interface OptionalPart {
  readonly part: readonly (string | Blank)[];
}

/** A text with facts in it: the plain pieces, and the facts and optional parts between them. */
export type Template = readonly (string | Blank | OptionalPart)[];

/** Mustache tags other than names: sections, partials, comments and so on. */
const OTHER_THAN_NAME = /^[#^/!>{&=]/;

/** The names of `tally-facts.ts`, which imports this file’s neighbours. */
const WINDOW_FACTS: readonly string[] = ['count', 'within', 'sample', 'share'];

/** A fault of a template, for a finding. */
export interface TemplateFault {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/**
 * Reads `WhatsApp quality is RED for {{app_id}}, {{metadata|no metadata}}[[, reason {{news_reason}}]]`. Only names are
 * allowed, each with an optional text for a missing value. Each must be a fact, one of `more`, or `payload` with a path.
 * Square brackets without a fact between them are plain text.
 */
export function readTemplate(
  text: string,
  on: readonly string[],
  more: readonly FactEntry[] = [],
): { template: Template; faults: readonly TemplateFault[] } {
  const faults: TemplateFault[] = [];
  const template = text.split(OPTIONAL).flatMap((part): Template => {
    const pieces = readPieces(part, on, more, faults);
    return part.startsWith('[[') && part.endsWith(']]') ? [optionalPart(pieces)] : pieces;
  });
  return { template, faults };
}

/** A part in double square brackets that contains a fact. `split` keeps it, because it is a group. */
const OPTIONAL = /(\[\[(?:(?!\[\[|\]\]|\{\{)[\s\S])*\{\{(?:(?!\[\[|\]\])[\s\S])*\]\])/;

/** Removes the brackets. A missing fact is empty text there, so none needs an alternative. */
function optionalPart(pieces: readonly (string | Blank)[]): OptionalPart {
  const last = pieces.length - 1;
  const part = pieces.map((piece, index) => {
    if (typeof piece !== 'string') return { ...piece, otherwise: piece.otherwise ?? '' };
    const start = index === 0 ? piece.slice(2) : piece;
    return index === last ? start.slice(0, -2) : start;
  });
  return { part: part.filter((piece) => piece !== '') };
}

function readPieces(
  text: string,
  on: readonly string[],
  more: readonly FactEntry[],
  faults: TemplateFault[],
): readonly (string | Blank)[] {
  const fault = (message: string, hint?: string): void => {
    // The end of a section is a part of the same mistake.
    if (hint !== SECTION || faults.at(-1)?.hint !== SECTION)
      faults.push({ code: 'bad-template', message, hint });
  };
  const [before = '', ...rest] = text.split('{{');
  const template: (string | Blank)[] = [before];
  for (const piece of rest) {
    const end = piece.indexOf('}}');
    const inside = piece.slice(0, Math.max(0, end));
    const bar = inside.indexOf('|');
    const name = (bar < 0 ? inside : inside.slice(0, bar)).trim();
    const otherwise = bar < 0 ? undefined : inside.slice(bar + 1).trim();
    if (end < 0) fault(`"{{${piece.slice(0, 20)}" is not closed: }} is missing`, closing(piece));
    else if (OTHER_THAN_NAME.test(name))
      fault(
        `"${name}": only plain names like {{app_id}} are allowed in templates`,
        plainName(name),
      );
    else if (otherwise !== undefined && FILTER.test(otherwise))
      fault(
        `"${otherwise}" is no filter here: behind | stands the text for a missing value`,
        `write {{${name}|${otherwise.replace(/^default\W*/, '').replace(/['")]/g, '') || 'unknown'}}}, or {{${name}}}`,
      );
    else {
      const use = readName(name, on, more, faults);
      template.push(
        use && otherwise !== undefined ? { ...use, otherwise } : (use ?? ''),
        piece.slice(end + 2),
      );
    }
  }
  return template.filter((piece) => piece !== '');
}

/** Filters of other template languages: `default: 'x'`, `truncate(20)`. A word alone may be the text for a missing value. */
const FILTER = /^(\w+\(|(default|date|truncate|replace|join|round)\s*:)/i;

const SECTION =
  'there are no sections here: put the words around a fact into [[…{{app_id}}…]], which is left out when the fact is missing';

const plainName = (name: string): string =>
  /^[#^/>!]/.test(name) ? SECTION : `write {{${name.replace(/[^\w.]/g, '') || 'app_id'}}}`;

/** The tag that an open one becomes when it is closed. */
const closing = (piece: string): string =>
  `write {{${/^\s*([\w.]+)/.exec(piece)?.[1] ?? 'app_id'}}}`;

/** The fact that a dotted name means: `metadata.order.id` is a path of `metadata_json`. */
function dottedHint(name: string): string | undefined {
  const [, first = '', path = ''] = /^([^.]+)\.(.+)$/.exec(name) ?? [];
  const json = factEntry(`${first}_json`)?.type === 'json';
  return json && path !== '' ? `write {{${first}_json.${path}}}` : factHint(name, factNames());
}

function readName(
  name: string,
  on: readonly string[],
  more: readonly FactEntry[],
  faults: TemplateFault[],
): FactUse | undefined {
  const dot = name.indexOf('.');
  const fact =
    more.find((entry) => entry.name === name) ?? factEntry(dot < 0 ? name : name.slice(0, dot));
  const path = dot < 0 ? undefined : name.slice(dot + 1);
  if (!fact || (path !== undefined && fact.type !== 'json')) {
    faults.push({
      code: 'unknown-fact',
      message: `{{${name}}}: no fact is called "${name}"`,
      hint:
        thresholdHint(name) ??
        dottedHint(name) ??
        closest(name, [...more.map((entry) => entry.name), ...factNames()]) ??
        longerFactHint(name, factNames()),
    });
  } else if (fact.type === 'json' && (path === undefined || pathFault(path, fact.name))) {
    faults.push({
      code: 'bad-path',
      message: `{{${name}}}: expected a path`,
      hint: `for example {{${fact.name}.a.b}}`,
    });
  } else if (!isCarried(fact, on)) {
    faults.push({
      code: 'fact-not-carried',
      message: `{{${name}}}: "${fact.name}" never comes with ${on.join(' or ')}`,
      hint: `it comes with ${fact.triggers.join(', ')}`,
    });
  } else return useOf(fact, path);
  return undefined;
}

/** Facts of a window are there only for rules with a threshold. */
const thresholdHint = (name: string): string | undefined =>
  WINDOW_FACTS.includes(name)
    ? `"${name}" comes with a threshold: add "threshold": ${name === 'count' || name === 'within' ? '{"count": 20, "within": "10m"}' : '{"share": 0.05, "among": {…}, "at_least": 200, "within": "10m"}'}, or remove it`
    : undefined;

/** The facts of a template, those of its optional parts included. */
export const templateUses = (template: Template): readonly Blank[] =>
  template.flatMap((piece) => {
    if (typeof piece === 'string') return [];
    return 'part' in piece ? templateUses(piece.part) : [piece];
  });

type See = (use: FactUse) => FactValue;

/**
 * Renders a template. A missing fact becomes its alternative text; where that is empty, one of the spaces around it goes too:
 * before another space, before punctuation and at the end of an optional part. The result is not escaped: each destination
 * escapes its own format.
 */
export function render(template: Template, see: See): string {
  let text = '';
  let afterEmpty = false;
  for (const piece of template) {
    const shown = rendered(piece, see);
    const spaced = afterEmpty && text.endsWith(' ');
    if (spaced && PUNCTUATION.test(shown)) text = text.slice(0, -1);
    const doubled = afterEmpty && (text === '' || spaced) && shown.startsWith(' ');
    text += doubled ? shown.slice(1) : shown;
    afterEmpty = shown === '' || (afterEmpty && shown === ' ');
  }
  return afterEmpty && text.endsWith(' ') ? text.slice(0, -1) : text;
}

/** What no space stands before. */
const PUNCTUATION = /^[.,;:!?)\]]/;

function rendered(piece: Template[number], see: See): string {
  if (typeof piece === 'string') return piece;
  if (!('part' in piece)) return filled(piece, see(piece));
  const known = templateUses(piece.part).some((use) => filled({ ...use, otherwise: '' }, see(use)));
  return known ? render(piece.part, see) : '';
}

const filled = ({ fact, path, otherwise = '' }: Blank, value: FactValue): string =>
  written(value, path === undefined ? fact.type : 'json') || otherwise;

function written(value: FactValue, type: FactType): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : formatValue(value, type);
}
