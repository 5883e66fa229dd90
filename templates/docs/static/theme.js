"use strict";
// Light or dark: what the system says, unless the reader chose; the choice is kept where it may be.
(() => {
  const root = document.documentElement;
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (value) => { try { localStorage.setItem("theme", value); } catch { /* not allowed */ } };
  const dark = () => root.dataset.theme === "dark"
    || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const wanted = new URLSearchParams(location.search).get("theme") || kept();
  if (wanted === "dark" || wanted === "light") root.dataset.theme = wanted;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    const say = () => button.setAttribute("aria-label", dark() ? "Switch to light" : "Switch to dark");
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      keep(root.dataset.theme);
      say();
    });
    say();
  });
})();
