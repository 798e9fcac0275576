import { createApiClient, type Connection } from './client.js';
import { untilAvailable } from './cluster.js';
import { part } from './page.js';
import { openChannel } from './panels/channel.js';
import { openGroup } from './panels/group.js';
import { openStream } from './panels/stream.js';
import { readSettings } from './settings.js';

const words: Record<Connection, string> = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' };

const badge = part(document, '#connection', HTMLParagraphElement);
const { url, cluster } = readSettings(part(document, '#settings', HTMLFormElement));

const client = createApiClient(url, (connection) => {
  badge.dataset['connection'] = connection;
  badge.textContent = words[connection];
});

await untilAvailable(client, cluster, part(document, '#notice', HTMLParagraphElement));
part(document, 'main', HTMLElement).inert = false;

const section = (id: string) => part(document, `#${id}`, HTMLElement);
const list = (id: string) => part(document, `#${id} .log`, HTMLElement);
openChannel(client, cluster, section('channel'), list('channel'));
openGroup(client, cluster, section('group'), list('group'));
void openStream(client, cluster, section('stream'), list('stream'));
