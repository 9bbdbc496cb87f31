/**
 * What Google Messages writes for a reaction, in every language: hair spaces around it all, zero-width characters around the emoji.
 * Source: octoshrimpy/quik, EmojiReactionRepositoryImpl.kt.
 */
const ANDROID_REACTION = /^\u200a[^\u200b\u200c\u200a]*([\u200b\u200c])[^\u200b\u200c]*\1/u;

/** A line of a quoted reply. */
const QUOTED_LINE = /^\s*[>|»]/u;
/** The line above a quoted reply: "On 3 May 2026, Acme wrote:". */
const REPLY_HEAD = /^.{0,80}\d.{0,80}:\s*$/u;
/** What mail and message apps write before a forwarded text: Fwd (en), Tr (fr), WG (de), RV (es), Enc (pt), VS (fi, no), Doorst (nl), PD (pl), 转发 (zh). */
const FORWARDED =
  /^\s*(?:-{3,}.*|(?:fwd?|fw|tr|wg|rv|enc|i|vs|vb|doorst|pd|ynt|ilt|переслано|пересл|προώθ|הועבר|전달|转发|轉寄|転送)\s*:)/iu;

const OPENING = '“”„‟«»‹›"「『《‘’';
const CLOSING = '“”‟»«›‹"」』》’‘';
/** A quotation that starts or ends the text. Quotes differ by phone and language and do not always pair. */
const QUOTED_END = new RegExp(`[${OPENING}]([^]*)[${CLOSING}]\\s*$`, 'u');
const QUOTED_START = new RegExp(
  `^([^${OPENING}]{0,3})[${OPENING}]([^]*?)[${CLOSING}](?=\\s|$|\\p{L})`,
  'u',
);
/** A quotation inside a short frame: 对“…”表示喜欢. */
const FRAMED = new RegExp(
  `^([^${OPENING}]{0,8})[${OPENING}]([^]{8,})[${CLOSING}]([^${CLOSING}]{0,40})$`,
  'u',
);

/** The last line of a phone or a mail app, in any language: it names the device and little else. */
const DEVICE =
  /^.{0,50}\b(?:iPhone|iPad|Android|Galaxy|Samsung|Huawei|Xiaomi|Pixel|BlackBerry|Outlook|Windows Phone|Yahoo|mobile device|Mobiltelefon|smartphone)(?:['’]?\p{L}+)?\b.{0,40}$/iu;
const DEVICE_CJK = /^.{0,20}(?:iPhone|iPad|Android|Galaxy|手机|手機).{0,20}$/iu;
/** What such a line says where it names no device. */
const SENT =
  /^(?:sent (?:from|via|by|using)|get outlook|envoyé d|obtenir|enviado d|inviato d|gesendet v|von meinem|verzonden v|verstuurd v|skickat (?:från|via)|sendt (?:fra|via)|lähetetty|wysłan[eo] z|отправлено [си]|надіслано з|στάλθηκε από|أ?رسلت? من|تم ال[إا]رسال من|נשלח מ|đã gửi từ|gửi từ|dikirim dari|ส่งจาก|发自|發自|從我的|从我的)/iu;
const SENT_LAST =
  /(?:gönderildi|से भेजा गया|から送信(?:されました)?|에서 보냄|에서 보냈습니다|发送|傳送)\.?$/u;
const SIGNATURE_MARK = /^(?:--|__|—)\s*$/u;

/**
 * What an iPhone writes for a reaction, before or behind the quotation. With these words even a quoted word is not the person's own:
 * Disliked “STOP”.
 */
const REACTED_BEFORE =
  /^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to|removed an? .{1,20} from|(?:no )?le (?:gust[oó]|encant[oó])|se ri[oó] de|enfatiz[oó]|cuestion[oó]|a (?:aimé|adoré|ri à|souligné|mis en évidence|réagi .{1,12} à)|n['’]a pas aimé|a mis en doute|hat|gefällt(?: nicht)?|liebt|reagierte .{1,12} auf|ha messo .{1,20} a|ha (?:amato|riso)|adora|(?:não )?curtiu|amou|(?:não )?gostou(?: de)?|adorou|riu de|enfatizou|vond|gillade|likte|synes godt om|tykkäsi|polubiono|понравилось|не понравилось|сподобалось|喜欢|喜歡|喜爱)\s*$/iu;
const REACTED_BEHIND =
  /^\s*(?:(?:を|に|へ).{0,14}(?:しました|した|ました)|(?:点|按)?赞了|表示.{1,6}|.{0,3}(?:좋아요|하트|싫어요|강조).{0,8}|gefällt.{0,6}|(?:mit .{1,24} )?(?:markiert|geliebt|hervorgehoben|gelacht)|leuk)\s*$/iu;

/** No channel carries a longer message; the patterns of quotations take quadratic time on opening quotes without end. */
const LONGEST = 5_000;

/** A quotation of at least three words, or of twelve characters in a script without blanks, quotes a message and not a word. */
const isMessage = (quoted: string): boolean =>
  quoted.trim().split(/\s+/u).length > 2 || quoted.trim().length > 11;

/**
 * Returns what the person wrote, without what only quotes or names something else: reactions, quoted replies, forwarded texts and
 * the line of the phone ("Sent from my iPhone"). `undefined`: nothing is the person's own.
 */
export function ownText(text: string): string | undefined {
  if (ANDROID_REACTION.test(text) || isReaction(text.slice(0, LONGEST))) return undefined;
  const own = withoutQuotation(withoutQuotedLines(text.normalize('NFC'))).trim();
  return own === '' ? undefined : own;
}

function withoutQuotedLines(text: string): string {
  const kept: string[] = [];
  for (const line of text.split(/\r?\n/u)) {
    if (FORWARDED.test(line)) break;
    if (QUOTED_LINE.test(line)) {
      if (REPLY_HEAD.test(kept.at(-1) ?? '')) kept.pop();
      continue;
    }
    if (SIGNATURE_MARK.test(line) && kept.length > 0) break;
    kept.push(line);
  }
  while (kept.length > 1 && (kept.at(-1)?.trim() === '' || isDevice(kept.at(-1) ?? ''))) kept.pop();
  return kept.join('\n');
}

/** A longer line says something. */
const isDevice = (line: string): boolean =>
  line.trim().split(/\s+/u).length < 8 &&
  [DEVICE, DEVICE_CJK, SENT, SENT_LAST].some((pattern) => pattern.test(line.trim()));

/**
 * Takes a quoted message out of a reaction or a reply. What stands around it stays: 'Stop sending me “20 % off”' is a request. A
 * text that is a quotation as a whole stays too: people put quotes around a keyword.
 */
function withoutQuotation(text: string): string {
  const rest = aroundQuotation(text);
  return /[^\s\p{P}]/u.test(rest) ? rest : text;
}

/** A reaction to a message of one quotation. */
const QUOTATION = new RegExp(
  `^([^${OPENING}]*)[${OPENING}](.*)[${CLOSING}]([^${CLOSING}]*)$`,
  'su',
);

function isReaction(text: string): boolean {
  const [, before = '', , behind = ''] = QUOTATION.exec(text) ?? [];
  return (
    (REACTED_BEFORE.test(before) && (!/\p{L}{3}/u.test(behind) || REACTED_BEHIND.test(behind))) ||
    (before.trim() === '' && REACTED_BEHIND.test(behind))
  );
}

function aroundQuotation(text: string): string {
  if (text.length > LONGEST) return text;
  const framed = FRAMED.exec(text);
  if (framed && isMessage(framed[2] ?? '')) return `${framed[1]} ${framed[3]}`;
  const end = QUOTED_END.exec(text);
  if (end && isMessage(end[1] ?? '')) return text.slice(0, end.index);
  const start = QUOTED_START.exec(text);
  if (start && isMessage(start[2] ?? '')) return `${start[1]} ${text.slice(start[0].length)}`;
  return text;
}
