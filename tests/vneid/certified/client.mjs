// A certified OpenID client. Arguments: issuer, client id, secret, redirect address.
// Prints the address for the browser, reads the address it came back with, prints what it was told as JSON.
import { createInterface } from 'node:readline';
import { Issuer, generators } from 'openid-client';

const [issuerAddress, clientId, clientSecret, redirectUri] = process.argv.slice(2);
const issuer = await Issuer.discover(issuerAddress);
const client = new issuer.Client({
  client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri], response_types: ['code'],
});
const [verifier, state, nonce] = [generators.codeVerifier(), generators.state(), generators.nonce()];
console.log(client.authorizationUrl({
  scope: 'openid profile phone citizen', state, nonce, max_age: 300, acr_values: 'urn:vneid:loa:2',
  code_challenge: generators.codeChallenge(verifier), code_challenge_method: 'S256',
}));
for await (const line of createInterface({ input: process.stdin })) {
  const checks = { state, nonce, max_age: 300, code_verifier: verifier, response_type: 'code' };
  const tokens = await client.callback(redirectUri, client.callbackParams(line), checks);
  const told = await client.userinfo(tokens);
  const goodbye = client.endSessionUrl({ id_token_hint: tokens.id_token });
  console.log(JSON.stringify({ claims: tokens.claims(), told, goodbye }));
  break;
}
process.exit(0);
