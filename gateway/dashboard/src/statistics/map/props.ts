// The number of one country.
export interface CountryValue {
  // ISO 3166-1 alpha-2; empty is unknown, and not on the map.
  country: string;
  value: number;
}

// The map is a picture beside a list of the same countries, which is what the keyboard and screen readers use: whoever
// shows the map shows that list too.
export interface WorldMapProps {
  // In any order. Pass as many as there are: 250 at most.
  countries: readonly CountryValue[];
  // What is counted, in words, for instance "Clicks".
  label: string;
  // Called with the country's code (alpha-2) when it is clicked. Only countries that have a value can be.
  onChoose: (country: string) => void;
}
