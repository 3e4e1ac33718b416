// Calls what the official client 3.3.1 has, and holds each answer against the schema that it ships with.
import { pathToFileURL } from "node:url";

const { PACKAGES, KEY, HOST, DOMAIN } = process.env;
const sdk = await import(pathToFileURL(`${PACKAGES}/node_modules/@short.io/client-node/dist/index.js`));
sdk.setApiKey(KEY);
const domainId = Number(DOMAIN);
const problems = {};
const statuses = {};

async function call(name, options, schema) {
    const answer = await sdk[name](options);
    statuses[name] = answer.response.status;
    if (answer.error !== undefined) {
        problems[name] = answer.error;
    } else if (schema) {
        const checked = schema.safeParse(answer.data);
        if (!checked.success) {
            problems[name] = checked.error.issues;
        }
    }
    return answer.data;
}

const body = { domain: HOST, originalURL: "https://example.com/official-3", tags: ["a"], utmSource: "mail" };
const made = await call("createLink", { body }, sdk.zCreateLinkResponse);
const path = { linkId: made.idString };
await call("createLinkPublic", { body: { domain: HOST, originalURL: "https://example.com/public-3" } }, sdk.zCreateLinkPublicResponse);
const bulk = await call("createLinksBulk", { body: { domain: HOST, links: [{ originalURL: "https://example.com/b3" }] } });
await call("listLinks", { query: { domain_id: domainId } }, sdk.zListLinksResponse);
await call("listLinks", { query: { domain_id: domainId, limit: 1 } }, sdk.zListLinksResponse);
await call("getLink", { path }, sdk.zGetLinkResponse);
await call("updateLink", { path, body: { title: "New", expiresAt: 1893456000000 } }, sdk.zUpdateLinkResponse);
await call("expandLink", { query: { domain: HOST, path: made.path } }, sdk.zExpandLinkResponse);
await call("getLinkByOriginalUrl", { query: { domain: HOST, originalURL: made.originalURL } });
await call("getLinksByUrl", { query: { domain: HOST, originalURL: made.originalURL } });
await call("archiveLink", { body: { link_id: made.idString } }, sdk.zArchiveLinkResponse);
await call("unarchiveLink", { body: { link_id: made.idString } }, sdk.zUnarchiveLinkResponse);
await call("archiveLinksBulk", { body: { link_ids: [made.idString] } }, sdk.zArchiveLinksBulkResponse);
await call("unarchiveLinksBulk", { body: { link_ids: [made.idString] } }, sdk.zUnarchiveLinksBulkResponse);
await call("duplicateLink", { path, body: {} }, sdk.zDuplicateLinkResponse);
await call("addTagsBulk", { body: { tag: "b", link_ids: [made.idString] } });
await call("generateQrCode", { path: { linkIdString: made.idString }, body: { useDomainSettings: true } });
await call("getLinkOpengraph", { path: { domainId, linkId: made.idString } });
await call("getLinkCountries", { path });
await call("getLinkRegions", { path });
await call("listDomains", {}, sdk.zListDomainsResponse);
await call("getDomain", { path: { domainId } }, sdk.zGetDomainResponse);
await call("createDomain", { body: { hostname: `x${domainId}.example` } }, sdk.zCreateDomainResponse);
await call("deleteLinksBulk", { body: { link_ids: [bulk[0].idString] } }, sdk.zDeleteLinksBulkResponse);
await call("deleteLink", { path: { link_id: made.idString } }, sdk.zDeleteLinkResponse);
const refused = await sdk.getLink({ path });

console.log(JSON.stringify({ problems, statuses, refused: refused.error, refusedStatus: refused.response.status }));
