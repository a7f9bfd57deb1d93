/** An allowed scheme, or no scheme at all: no colon before the first `/`, `?` or `#`. Browsers skip tabs and line ends, so a colon is enough to refuse. */
export const LINK_URL = /^(?:(?:https?|mailto|tel|xmpp|ircs?):|[^:/?#]*(?:[/?#]|$))/i;
export const SOURCE_URL = /^(?:https?:|[^:/?#]*(?:[/?#]|$))/i;
