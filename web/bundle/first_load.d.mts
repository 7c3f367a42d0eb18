/** Paths from the folder of the site. */
export function firstLoad(site: string): string[];
