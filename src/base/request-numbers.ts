/** More than one page ever asks. */
const ASKED_BY_ONE_PAGE = 2 ** 32;

/** The number after which the requests of a page begin, where its webview has shown `turn` pages before: so nobody takes a request or an answer for another page's. */
export function numberBefore(turn: number): number {
  return turn * ASKED_BY_ONE_PAGE;
}
