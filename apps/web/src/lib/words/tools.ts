/** Buttons on code and pictures. */
export const toolWords = {
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Not copied',
  wrap: 'Wrap lines',
  enlarge: 'Show this picture large',
  close: 'Close',
} as const;
