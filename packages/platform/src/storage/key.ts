/** @throws Error for anything that the program itself would not make */
export function checkKey(key: string): string {
  if (!/^[a-z0-9][\w-]*(\/[\w.-]+)+$/i.test(key) || key.includes('..'))
    throw new Error(`not a storage key: ${key}`);
  return key;
}
