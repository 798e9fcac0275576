/** All at once. */
export function burst(messages) {
  return { name: `burst of ${messages}`, messages };
}

/** So many to each topic in a second. */
export function paced(perSecond, seconds) {
  return { name: `${perSecond} a second`, messages: perSecond * seconds, perSecond };
}

/** Each one when all subscribers have received the one before, so that nothing can be sent together with another. */
export function oneByOne(messages) {
  return { name: `${messages} one by one`, messages, isOneByOne: true };
}

/** The topic of each subscriber. */
export function spread(topics, subscribersEach, prefix = 'channel') {
  return Array.from({ length: topics * subscribersEach }, (_, at) => `${prefix}:${at % topics}`);
}
