/**
 * Passes a source on. One that fails in the middle of a stream ends the stream, which then tells of its own end instead.
 * @param failed called with what the source itself failed with
 */
export async function* remembering(
  source: AsyncIterable<Uint8Array>,
  failed: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    failed(error);
    throw error;
  }
}
