import {
  getLanguageService,
  type LanguageService,
  MarkupContent,
  TextDocument,
  TextEdit,
} from 'vscode-json-languageservice';
import { schemaNameOf, schemasOf } from '../../authoring/schemas.ts';
import type { FilesRead } from './book.ts';
import type { Completion } from './protocol.ts';

const URI = 'file:///rules/';
let configured: { readonly key: string; readonly service: LanguageService } | undefined;

/** The language service with the schemas of a rulebook; it is set up anew when a list or a condition comes or goes. */
function serviceFor({ source }: FilesRead): LanguageService {
  const key = [...Object.keys(source.lists), ...Object.keys(source.conditions)].join();
  if (configured?.key === key) return configured.service;
  const service = getLanguageService({});
  service.configure({
    schemas: Object.entries(schemasOf(source)).map(([name, schema]) => ({
      uri: URI + name,
      // The document is opened under its schema’s name, so each schema fits exactly one kind of document.
      fileMatch: [`${URI}${name}.document.json`],
      schema: { ...schema, $id: URI + name },
    })),
  });
  configured = { key, service };
  return service;
}

const open = (file: string, { texts }: FilesRead): TextDocument =>
  TextDocument.create(`${URI}${schemaNameOf(file)}.document.json`, 'json', 1, texts[file] ?? '');

/** What may be written at a place, as the schema knows it. */
export async function completionsAt(
  file: string,
  offset: number,
  book: FilesRead,
): Promise<readonly Completion[]> {
  const service = serviceFor(book);
  const document = open(file, book);
  const found = await service.doComplete(
    document,
    document.positionAt(offset),
    service.parseJSONDocument(document),
  );
  return (found?.items ?? []).map(({ label, detail, documentation, insertText, textEdit }) => {
    const range = TextEdit.is(textEdit) ? textEdit.range : undefined;
    return {
      label,
      detail: detail ?? '',
      info: plain(documentation),
      insert: withoutMarks(textEdit?.newText ?? insertText ?? label),
      from: range ? document.offsetAt(range.start) : offset,
      to: range ? document.offsetAt(range.end) : offset,
    };
  });
}

/** What the schema says about the value at a place; empty where it says nothing. */
export async function hoverAt(file: string, offset: number, book: FilesRead): Promise<string> {
  const service = serviceFor(book);
  const document = open(file, book);
  const found = await service.doHover(
    document,
    document.positionAt(offset),
    service.parseJSONDocument(document),
  );
  const contents = found?.contents;
  if (contents === undefined) return '';
  if (MarkupContent.is(contents)) return contents.value;
  return [contents]
    .flat()
    .map((one) => (typeof one === 'string' ? one : one.value))
    .join('\n\n');
}

const plain = (documentation: string | MarkupContent | undefined): string =>
  typeof documentation === 'string' ? documentation : (documentation?.value ?? '');

/** Snippets mark where the cursor goes: `"$1"`, `\${2:text}`. */
const withoutMarks = (text: string): string =>
  text
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '')
    .replaceAll('\\$', '$');
