"use strict";
// The search box: "/" focuses it, arrows choose, Enter goes there, Escape closes.
(() => {
  const box = document.getElementById("query"), list = document.getElementById("found");
  const root = document.body.dataset.root;
  let chosen = 0;

  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (index) => {
    const items = [...list.querySelectorAll("[role=option]")];
    if (!items.length) return;
    chosen = (index + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    box.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  };
  const part = (kind, text, name) => {
    const made = document.createElement(kind);
    made.textContent = text;
    made.className = name;
    return made;
  };
  const item = ({ page: [name, address, summary], also }, i) => {
    const made = document.createElement("li"), link = document.createElement("a");
    Object.assign(made, { id: `found-${i}`, role: "option" });
    made.setAttribute("role", "option");
    link.href = root + address;
    link.tabIndex = -1;
    link.append(part("strong", name, ""), part("span", also, "also"), part("span", summary, "about"));
    made.append(link);
    return made;
  };
  const show = () => {
    const found = search(box.value);
    if (!box.value.trim()) return close();
    const none = part("li", "Nothing is called that.", "none");
    list.replaceChildren(...(found.length ? found.map(item) : [none]));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    choose(0);
  };

  box.addEventListener("input", show);
  box.addEventListener("focus", () => box.value && show());
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    if (event.key === "Escape") { close(); box.blur(); }
    if (event.key === "Enter") {
      const link = list.querySelector("[aria-selected=true] a");
      if (link) location.href = link.href;
    }
  });
  document.addEventListener("click", (event) => event.target.closest(".search") || close());
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  });
})();
