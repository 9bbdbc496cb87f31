/** "marketing 10/minute"; a limit of 0 lets nothing through: "no marketing". */
export const limitWords = ({ content, to }: { content: string; to: string }): string =>
  to === '0' ? `no ${content}` : `${content} ${to}`;
