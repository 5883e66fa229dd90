"use strict";
// Which pages a query means, the best first. NAMES holds [name, address, summary, further names].
const plain = (text) => text.toLowerCase().replace(/["'\s<>]/g, "").replace(/::/g, ".")
  .replace(/\(\)$/, "").replace(/backward\d*$/, "").replace(/(\w)_$/, "$1");
const last = (text) => text.split("(")[0].split(".").pop();
const letters = (text) => text.replace(/[^a-z0-9]/g, "");

// How well one name fits: 0 is not at all.
const fit = (query, name) => {
  if (name === query) return 100;
  if (last(name) === last(query) && query.includes(".")) return name.includes("(") ? 70 : 80;
  if (last(name) === query) return 90;
  if (letters(name) === letters(query)) return 85;
  if (last(name).startsWith(query)) return 60 - Math.min(20, last(name).length - query.length);
  if (name.includes(query)) return 35;
  return 0;
};

const best = (query, [name, , summary, names]) => {
  let score = fit(query, plain(name)) + 5, also = "";
  if (score === 5) score = 0;
  for (const other of names) {
    const found = fit(query, plain(other));
    if (found > score) [score, also] = [found, other];
  }
  if (score === 0 && summary.toLowerCase().includes(query)) score = 10;
  return { score, also };
};

// The edits between two words, for what was typed wrong.
const edits = (a, b) => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
};

const nearest = (query) => NAMES.map((page) => {
  const far = Math.min(...[page[0], ...page[3]].map((n) => edits(last(query), last(plain(n)))));
  return { page, score: 10 - far, also: "" };
}).filter((found) => found.score >= 8 - Math.floor(query.length / 6));

const search = (text, most = 12) => {
  const query = plain(text);
  if (!query) return [];
  let found = NAMES.map((page) => ({ page, ...best(query, page) })).filter((f) => f.score > 0);
  if (!found.length) found = nearest(query);
  found.sort((a, b) => b.score - a.score || a.page[0].length - b.page[0].length
    || (a.page[0] < b.page[0] ? -1 : 1));
  return found.slice(0, most);
};
