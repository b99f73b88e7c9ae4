// A certified OpenID provider with one person, who is logged in and agrees at once.
// Arguments: client id, secret, redirect address. The first line printed is the issuer.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [clientId, clientSecret, redirectUri] = process.argv.slice(2);
const PERSON = {
  sub: 'certified-subject', name: 'Nguyễn Thị Thử Nghiệm', birthdate: '1990-04-12',
  phone_number: '+84900000107', citizen_id: '001190000107',
};
const LEVEL = 'urn:vneid:loa:2';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri],
      post_logout_redirect_uris: ['http://localhost/dang-xuat/'],
      token_endpoint_auth_method: process.env.CLIENT_AUTH || 'client_secret_basic',
    }],
    acrValues: [LEVEL],
    claims: {
      openid: ['sub'], profile: ['name', 'birthdate'], phone: ['phone_number'], citizen: ['citizen_id'],
      acr: null, auth_time: null, sid: null,
    },
    scopes: ['openid', 'profile', 'phone', 'citizen'],
    pkce: { methods: ['S256'], required: () => true },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => PERSON }),
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['only for tests'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    conformIdTokenClaims: true,
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === 'login') {
      const login = { accountId: PERSON.sub, acr: LEVEL, amr: ['face', 'pin'], ts: Math.floor(Date.now() / 1000) };
      return provider.interactionFinished(ctx.req, ctx.res, { login });
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const grantId = await grant.save();
    return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId } }, { mergeWithLastSubmission: true });
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
