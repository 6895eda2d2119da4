/** How large a text may stand in a box. */

/** Of a digit's width to its height in the page's font. */
const DIGIT = 0.6;
const LEAST = 16;
const MOST = 120;
const SHARE = 0.44;
const MARGIN = 40;

/** Pixels. */
export function fontSize(text: string, width: number, height: number): number {
  if (width === 0 || height === 0) return LEAST;
  // The unit stands at half the size.
  const letters = [...text].reduce((sum, sign) => sum + (/[\d.,−]/.test(sign) ? (/[.,]/.test(sign) ? 0.5 : 1) : 0.6), 0);
  const byWidth = (width - MARGIN) / (Math.max(2, letters) * DIGIT);
  return Math.round(Math.max(LEAST, Math.min(MOST, byWidth, height * SHARE)));
}
