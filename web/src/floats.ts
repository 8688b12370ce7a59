/** Numbers that Python sends as raw bytes: little-endian 32-bit floats. */

/** The numbers in a buffer, wherever in memory it begins. */
export function floats(bytes: DataView): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
