// Run calls of the npm package bitly: JSON in, JSON out. The client knows nothing of us.
const [modules] = process.argv.slice(2);
const BitlyClient = require(`${modules}/bitly`);

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const asked = JSON.parse(Buffer.concat(chunks).toString());
  const bitly = BitlyClient(asked.credentials.access_token, {});
  const results = [];
  for (const [[method, positional]] of asked.calls) {
    try {
      results.push(await bitly[method](...positional));
    } catch (problem) {
      results.push({ error: problem.message, code: problem.statusCode });
    }
  }
  process.stdout.write(JSON.stringify(results));
}

main();
