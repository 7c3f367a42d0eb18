// What the page says of analyses before they are opened. The build lists it, so that nobody downloads all cards for it.

/** The file of the list, beside the cards: CardTitles by name of the analysis. */
export const TITLES = 'titles.json';

export interface CardTitles {
  title?: string;
  /** Of the card's tour. */
  question?: string;
}

/** Of the document of a card, which may be anything. */
export function titlesOf(card: unknown): CardTitles {
  const { about, tour } = (card ?? {}) as {
    about?: { title?: unknown; short_title?: unknown };
    tour?: { question?: unknown } | null;
  };
  const title = about?.short_title ?? about?.title;
  return {
    ...(typeof title === 'string' && { title }),
    ...(typeof tour?.question === 'string' && { question: tour.question }),
  };
}
