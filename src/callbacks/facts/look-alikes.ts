/** Letters of other scripts that look like Latin ones. Source: Unicode confusables.txt, capital letters. */
const CYRILLIC = ['АВЕКМНОРСТУХЅІЈԀԚԜҺ', 'ABEKMHOPCTYXSIJDQWH'] as const;
const GREEK = ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹ', 'ABEZHIKMNOPTYXC'] as const;
const SMALL = ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'ABCDEFGHIJKLMNOPRSTUVWYZ'] as const;

const LATIN: ReadonlyMap<string, string> = new Map(
  [CYRILLIC, GREEK, SMALL].flatMap(([from, to]) =>
    [...from].map((letter, at) => [letter, to[at] ?? letter] as const),
  ),
);
const FOREIGN = /[\u0370-\u052f\u1d00-\u1d22\ua730\ua731]/gu;

/** Negative circled and negative squared letters, which Unicode does not take apart; a lone one is an emoji. */
const ENCLOSED = /(?:[\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]\ufe0f?\s?){2,}/gu;

/** Returns a text with `🆂🆃🅾🅿` as `STOP`. */
export const openEnclosed = (text: string): string =>
  text.replace(ENCLOSED, (run) =>
    [...run]
      .map((sign) => {
        const code = sign.codePointAt(0) ?? 0;
        return code < 0x1f150
          ? sign
          : String.fromCharCode(65 + code - (code < 0x1f170 ? 0x1f150 : 0x1f170));
      })
      .join(''),
  );

/**
 * Returns a text in capitals with Cyrillic and Greek look-alikes as Latin letters, wherever they stand: `SТОP` becomes `STOP`.
 * Russian and Greek words become mixed ones (`СТОП` is `CTOП`), the same on both sides of every comparison.
 */
export const foldLookAlikes = (capitals: string): string =>
  capitals.replace(FOREIGN, (letter) => LATIN.get(letter) ?? letter);
