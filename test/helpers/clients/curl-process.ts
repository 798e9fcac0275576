/** The subset of `curl [-N] URL -H … -d …` that the documentation uses, for machines without curl. */
const args = process.argv.slice(2);
const valuesOf = (flag: string) => args.flatMap((arg, at) => (args[at - 1] === flag ? [arg] : []));
const url = args.find((arg) => arg.startsWith('http'))!;
const headers = valuesOf('-H').map((header): [string, string] => {
  const at = header.indexOf(':');
  return [header.slice(0, at), header.slice(at + 1).trim()];
});
const response = await fetch(url, { method: 'POST', headers, body: valuesOf('-d').join('&') });
for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) process.stdout.write(chunk);
