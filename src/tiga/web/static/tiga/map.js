/* The map: land, a few country lines, the band (the same for all readers), circles with true radii, dots that link.

Rules
1. The table beside the map, made by the server, says the same; nothing stands on the map alone.
2. Works without a network and under a strict content security policy: no eval, no inline code, no style attributes in HTML.
3. No tiles, no country names, no country fills. Without `data-base` there is no land, only a graticule.
4. A filled dot has a side, a hollow dot lies where the side is indeterminate. No colour stands for a party.
5. Every dot is a link in the page's order of focus, with its label as its name.

Markup: <div class="tiga-map" data-features="ID-OR-URL" data-base="URL" data-label="TEXT"></div>
Features: {band, bandLabel, points: [{lat, lon, radius_m, label, href, side, kind}], bounds, labels}; positions are
[latitude, longitude] in degrees; `band` is one ring or a list of rings; `bounds` is [[south, west], [north, east]].
*/
import * as L from "../vendor/leaflet/leaflet-src.esm.js";

const SVG = "http://www.w3.org/2000/svg";
const POINTS_MAX = 5000;
const GRATICULE_LINES_MAX = 60;
const STEPS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const FALLBACK_BOUNDS = [[-1, -1], [1, 1]];

async function json(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

async function features(box) {
  const source = box.dataset.features;
  const element = document.getElementById(source);
  return element ? JSON.parse(element.textContent) : json(source);
}

function pane(map, name, order) {
  map.createPane(name).style.zIndex = String(order);
  return L.svg({ pane: name, padding: 0.5 });
}

function drawBase(map, base) {
  const land = pane(map, "land", 210);
  const line = pane(map, "line", 220);
  for (const feature of base.features) {
    const isLand = feature.properties.kind === "land";
    L.geoJSON(feature, {
      pane: isLand ? "land" : "line",
      renderer: isLand ? land : line,
      interactive: false,
      smoothFactor: isLand ? 1 : 0,
      style: isLand
        ? { className: "map-land", stroke: false, fillColor: "#ece9e1", fillOpacity: 1, fillRule: "evenodd" }
        : { className: "map-line", color: "#8d9197", weight: 1, fill: false },
    }).addTo(map);
  }
}

/* The view stays on the land that the file holds: past its edge there would seem to be sea. */
function keepInside(map, base) {
  const [west, south, east, north] = base.bbox;
  const held = [[south, west], [north, east]];
  map.setMinZoom(map.getBoundsZoom(held, true));
  map.setMaxBounds(held);
}

/* Lines of latitude and longitude, for a map without land: positions of an exercise mean no place. */
function drawGraticule(map, bounds) {
  const renderer = pane(map, "graticule", 215);
  const box = L.latLngBounds(bounds).pad(1);
  const span = Math.max(box.getNorth() - box.getSouth(), box.getEast() - box.getWest());
  const step = STEPS.find((size) => span / size <= GRATICULE_LINES_MAX / 2) || STEPS[STEPS.length - 1];
  const style = { pane: "graticule", renderer, interactive: false, className: "map-graticule", color: "#a9b7c0", weight: 1 };
  for (let n = Math.ceil(box.getSouth() / step); n * step <= box.getNorth(); n += 1) {
    L.polyline([[n * step, box.getWest()], [n * step, box.getEast()]], style).addTo(map);
  }
  for (let n = Math.ceil(box.getWest() / step); n * step <= box.getEast(); n += 1) {
    L.polyline([[box.getSouth(), n * step], [box.getNorth(), n * step]], style).addTo(map);
  }
}

/* A hatch as an SVG pattern of its own: the band must be told from land without its colour. */
function hatch(box, id) {
  const svg = document.createElementNS(SVG, "svg");
  const pattern = document.createElementNS(SVG, "pattern");
  const ground = document.createElementNS(SVG, "rect");
  const stripe = document.createElementNS(SVG, "path");
  for (const [name, value] of [["width", 0], ["height", 0], ["aria-hidden", "true"], ["class", "map-defs"]]) {
    svg.setAttribute(name, value);
  }
  for (const [name, value] of [["id", id], ["width", 7], ["height", 7], ["patternUnits", "userSpaceOnUse"],
    ["patternTransform", "rotate(45)"]]) {
    pattern.setAttribute(name, value);
  }
  for (const [name, value] of [["width", 7], ["height", 7], ["fill", "#efebf5"], ["fill-opacity", 0.75]]) {
    ground.setAttribute(name, value);
  }
  for (const [name, value] of [["d", "M0 0V7"], ["stroke", "#a294bd"], ["stroke-width", 4]]) stripe.setAttribute(name, value);
  pattern.append(ground, stripe);
  svg.append(pattern);
  box.append(svg);
  return `url(#${id})`;
}

function drawBand(map, box, data) {
  if (!data.band || !data.band.length) return;
  const renderer = pane(map, "band", 230);
  const fillColor = hatch(box, `tiga-band-${L.stamp(map)}`);
  const rings = Array.isArray(data.band[0][0]) ? data.band : [data.band];
  for (const ring of rings) {
    L.polygon(ring, {
      pane: "band", renderer, interactive: false, className: "map-band",
      color: "#6d5b8f", weight: 1, dashArray: "2 4", fillColor, fillOpacity: 1,
    }).addTo(map);
  }
}

function dot(point) {
  const link = document.createElement(point.href ? "a" : "span");
  link.className = `map-dot ${point.side === "indeterminate" ? "hollow" : "filled"}`;
  if (point.kind) link.dataset.kind = point.kind;
  link.setAttribute("aria-label", point.label);
  if (point.href) link.href = point.href;
  else link.setAttribute("role", "img");
  return link;
}

function drawPoint(map, renderer, point) {
  const place = L.latLng(point.lat, point.lon);
  if (point.radius_m > 0) {
    L.circle(place, {
      pane: "radii", renderer, radius: point.radius_m, interactive: false, className: "map-radius",
      color: "#8c3b12", weight: 1.5, fillColor: "#c8622b", fillOpacity: 0.14,
    }).addTo(map);
  }
  const link = dot(point);
  const icon = L.divIcon({ className: "map-pin", html: link, iconSize: [24, 24] });
  L.marker(place, { icon, interactive: false, keyboard: false }).addTo(map);
  const words = document.createElement("bdi");
  words.textContent = point.label;
  const label = L.tooltip({ className: "map-label", direction: "top", offset: [0, -12] }).setLatLng(place).setContent(words);
  const show = () => label.addTo(map);
  const hide = () => label.remove();
  link.addEventListener("mouseenter", show);
  link.addEventListener("mouseleave", hide);
  link.addEventListener("blur", hide);
  link.addEventListener("focus", () => {
    map.panInside(place, { padding: [40, 40], animate: false });
    show();
  });
}

function extent(data) {
  if (data.bounds) return data.bounds;
  const places = (data.points || []).map((point) => [point.lat, point.lon]);
  return places.length ? L.latLngBounds(places).pad(0.2) : FALLBACK_BOUNDS;
}

async function draw(box) {
  const data = await features(box);
  const base = box.dataset.base ? await json(box.dataset.base).catch(() => null) : null;
  const labels = data.labels || {};
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.dir = "ltr";
  box.setAttribute("role", "group");
  if (box.dataset.label) box.setAttribute("aria-label", box.dataset.label);
  const map = L.map(box, {
    zoomControl: false, attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25, maxZoom: 13, minZoom: 4,
    maxBoundsViscosity: 1, zoomAnimation: !calm, fadeAnimation: !calm, inertia: !calm,
  });
  L.control.zoom({ zoomInTitle: labels.zoomIn || "+", zoomOutTitle: labels.zoomOut || "−" }).addTo(map);
  const credit = L.control.attribution({ prefix: false }).addTo(map);
  if (labels.attribution) credit.addAttribution(labels.attribution);
  const bounds = extent(data);
  if (base) keepInside(map, base);
  map.fitBounds(bounds, { animate: false, padding: [8, 8] });
  if (base) drawBase(map, base);
  else drawGraticule(map, bounds);
  drawBand(map, box, data);
  const radii = pane(map, "radii", 410);
  for (const point of (data.points || []).slice(0, POINTS_MAX)) drawPoint(map, radii, point);
  map.on("focus", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
  box.dataset.drawn = "true";
}

for (const box of document.querySelectorAll(".tiga-map")) {
  draw(box).catch((fault) => {
    box.dataset.drawn = "failed";
    console.error(`map: ${fault.message}`);
  });
}
