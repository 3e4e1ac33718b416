// Calls everything that the package short.io 1.3.1 has, and prints what it answers.
const { PACKAGES, KEY, HOST, DOMAIN } = process.env;
const ShortIo = require(`${PACKAGES}/node_modules/short.io`);
const client = new ShortIo(HOST, Number(DOMAIN), KEY);

async function main() {
    const seen = {};
    const made = (seen.create = await client.createLink({ originalURL: "https://example.com/ichii" }));
    seen.bulk = await client.createLinkBulk([{ originalURL: "https://example.com/i1" }, { originalURL: "https://example.com/i2" }]);
    seen.links = await client.getLinks();
    seen.link = await client.getLink(made.path);
    seen.byUrl = await client.getByOriginalURL("https://example.com/ichii");
    seen.update = await client.updateLink(made.idString, { originalURL: "https://example.com/moved", title: "T" });
    seen.archive = await client.archiveLink(made.idString);
    seen.domainStats = await client.getDomainStats("total");
    seen.linkStats = await client.getLinkStats(made.idString, "last30");
    seen.clicks = await client.getLinksClicks([made.idString]);
    seen.paths = await client.getPopularPaths("total");
    seen.delete = await client.deleteLink(made.idString);
    seen.refusal = await client.getLink(made.path).catch(String);
    console.log(JSON.stringify(seen));
}

main();
