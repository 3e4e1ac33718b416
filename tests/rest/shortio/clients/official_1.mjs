// Calls everything that the official client 1.1.0 has, and prints what it answers.
import { pathToFileURL } from "node:url";

const { PACKAGES, KEY, HOST, DOMAIN } = process.env;
const { Shortio } = await import(
    pathToFileURL(`${PACKAGES}/node_modules/@short.io/client-node/dist/index.js`)
);
const { link, linkCountry, linkRegion, statistics, domain } = new Shortio(KEY);
const domainId = Number(DOMAIN);
const seen = {};

seen.domains = await domain.list();
const made = (seen.create = await link.create(HOST, "https://example.com/official-1", { title: "One", tags: ["a"] }));
const id = made.idString;
seen.createPublic = await link.createPublic(HOST, "https://example.com/public-1", KEY);
seen.createSecure = await link.createSecure(HOST, "https://example.com/secure-1", KEY);
seen.bulkCreate = await link.bulkCreate(HOST, [{ originalURL: "https://example.com/b1" }, { originalURL: "https://example.com/b2" }]);
seen.list = await link.list(domainId);
seen.listLimited = await link.list(domainId, { limit: 1, dateSortOrder: "asc" });
seen.getByPath = await link.getByPath(HOST, made.path);
seen.getByOriginalURL = await link.getByOriginalURL(HOST, "https://example.com/official-1");
seen.update = await link.update(id, { title: "Two" });
seen.qr = (await link.generateQRCode(id)).subarray(0, 4).toString("latin1");
seen.openGraph = await link.getOpenGraph(domainId, id);
seen.updateOpenGraph = await link.updateOpenGraph(domainId, id, [["title", "x"]]);
seen.countries = await linkCountry.list(id);
seen.regions = await linkRegion.list(id);
seen.newCountry = await linkCountry.create(id, { country: "US", originalURL: "https://example.com/us" });
seen.archive = await link.archive(id);

seen.byLink = await statistics.getByLink(id, { period: "total", tzOffset: 0 });
seen.byLinkDefault = await statistics.getByLink(id);
seen.byLinkPost = await statistics.getByLinkPost(id);
seen.byLinkPostFiltered = await statistics.getByLinkPost(id, {
    period: "total",
    include: { human: true, paths: new Set([made.path]) },
});
seen.byDomain = await statistics.getByDomain(domainId, { period: "today" });
seen.byDomainPost = await statistics.getByDomainPost(domainId);
seen.linkClicks = await statistics.getLinkClicks(domainId, { ids: `${id},${seen.createPublic.idString}` });
seen.pathClicks = await statistics.getLinkClicksByPathDates(domainId, [{ path: made.path, createdAt: made.createdAt }]);
seen.top = await statistics.getTopByColumn(domainId, "browser");
seen.topByInterval = await statistics.getTopByInterval(domainId, "browser", { period: "last7", interval: "day" });
seen.lastClicks = await statistics.getLastClicks(domainId);
seen.clear = await statistics.clear(domainId);
seen.delete = await link.delete(id);
seen.deleted = await statistics.getByLink(id);

console.log(JSON.stringify(seen));
