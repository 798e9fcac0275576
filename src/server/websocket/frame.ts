/**
 * One WebSocket text message as a server's single frame (RFC 6455, section 5.2), its parts put together in one piece of
 * memory. ws would write a header and the payload apart, by way of options that no such frame has.
 */
export function textFrame(...parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const head = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + size);
  frame[0] = finalText;
  if (head === 2) {
    frame[1] = size;
  } else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  let at = head;
  for (const part of parts) at += part.copy(frame, at);
  return frame;
}

/** FIN and the opcode of text. */
const finalText = 0x81;
