/** Returns the lines of a file; a comment line that is indented behind its marker continues the one above. */
export const joinLines = (text: string): readonly string[] =>
  text.replace(/\n *(?:\*|\/\/|--|#) {3,}(?=\S)/g, ' ').split('\n');
