/** Names of programs that no image of ours may have: what somebody who got in would look for first. */
export const NOT_IN_IMAGES = [
  ...['sh', 'ash', 'bash', 'busybox', 'dash', 'zsh', 'toybox'],
  ...['apk', 'apt', 'apt-get', 'dpkg', 'npm', 'npx', 'pip', 'yarn', 'pnpm', 'corepack'],
];
