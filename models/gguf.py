"""Reads and writes GGUF version 3 files (little endian) with F32 and row-scaled Q8_0 and Q4_0 tensors; reads F16, too.

Method: the format of github.com/ggml-org/ggml/blob/master/docs/gguf.md. A q8_0 or q4_0 tensor of ours has ONE scale per row,
repeated in every block of 32, so a kernel can take the integers and a single scale per row while the file stays standard.
"""
import struct

import numpy as np

MAGIC, VERSION, ALIGNMENT, BLOCK = b"GGUF", 3, 32, 32
F32, F16, Q4_0, Q8_0 = 0, 1, 2, 8
FILE_TYPES = {"f32": 0, "q4_0": 2, "q8_0": 7}
Q8_BLOCK = np.dtype([("d", "<f2"), ("q", "i1", BLOCK)])
Q4_BLOCK = np.dtype([("d", "<f2"), ("q", "u1", BLOCK // 2)])
# u32 1: every quantised matrix has one scale per row; the engine then holds Q4_0 matrices in 4 bits.
ROW_SCALES = "mgt.row_scales"
# String of 16 hex digits: XXH64 of what stands behind them, seeded with XXH64 of what stands before them. The engine compares.
FILE_HASH = "mgt.file_hash"
CLIP_SHARES = (1, 0.92, 0.84, 0.76, 0.68, 0.6)
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
U32, FLOAT, STRING, ARRAY = 4, 6, 8, 9
MASK = (1 << 64) - 1
PRIMES = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


def row_scales(matrix):
    """Returns the float16 scale of every row of [rows, columns]: max|w| / 127, rounded up where rounding down would pass 127."""
    wanted = np.abs(matrix).max(1).astype(np.float64) / 127.0
    scale = wanted.astype(np.float16)
    too_small = np.abs(matrix).max(1) > 127.5 * scale.astype(np.float32)
    scale = np.where(too_small, np.nextafter(scale, np.float16(np.inf)), scale)
    return scale


def quantize_rows(matrix):
    """Returns (scale float16 [rows], q int8 [rows, columns]); q = round-half-even(w / scale), in [-127, 127]; a zero row has scale 0."""
    scale = row_scales(matrix)
    inverse = np.where(scale > 0, 1.0 / np.maximum(scale.astype(np.float64), 1e-30), 0.0)
    q = np.clip(np.rint(matrix * inverse[:, None]), -127, 127).astype(np.int8)
    return scale, q


def pack_q8_0(matrix):
    """Returns the bytes of a Q8_0 tensor with one scale per row; the number of columns must be a multiple of 32."""
    rows, columns = matrix.shape
    if columns % BLOCK:
        raise ValueError(f"q8_0 needs rows of a multiple of {BLOCK}, this matrix has {columns} columns")
    scale, q = quantize_rows(matrix)
    blocks = np.zeros((rows, columns // BLOCK), Q8_BLOCK)
    blocks["d"], blocks["q"] = scale[:, None], q.reshape(rows, -1, BLOCK)
    return blocks.tobytes()


def quantize_rows_int4(matrix):
    """Returns (scale float16 [rows], q int8 [rows, columns]) with q in [-7, 7].

    The scale of a row is the one of least squared error among CLIP_SHARES of max|w| / 7, the larger one of two that are equal;
    0 for a row too small for float16, whose q is 0. Sums run from left to right, so that `mgt convert` gives the same bytes.
    """
    w = np.asarray(matrix, np.float32).astype(np.float64)
    largest = np.abs(w).max(1)
    scale, q = np.zeros(len(w), np.float16), np.zeros(w.shape, np.int8)
    least = np.full(len(w), np.inf)
    for share in CLIP_SHARES:
        tried = (share * largest / 7.0).astype(np.float32).astype(np.float16)
        wide = tried.astype(np.float64)[:, None]
        integers = np.rint(np.clip(w / np.where(wide > 0, wide, 1.0), -7, 7))
        error = np.cumsum((w - wide * integers) ** 2, axis=1)[:, -1]
        better = (tried > 0) & (error < least)
        scale[better], q[better], least[better] = tried[better], integers[better], error[better]
    return scale, q


def pack_q4_0(matrix):
    """Returns the bytes of a Q4_0 tensor with one scale per row; the number of columns must be a multiple of 32."""
    return pack_int4_rows(*quantize_rows_int4(matrix))


def pack_int4_rows(scale, q):
    """Returns the bytes of a Q4_0 tensor of integers q [rows, columns] in [-8, 7], times scale [rows]."""
    rows, columns = q.shape
    if columns % BLOCK:
        raise ValueError(f"q4_0 needs rows of a multiple of {BLOCK}, this matrix has {columns} columns")
    halves = (q + 8).astype(np.uint8).reshape(rows, -1, 2, BLOCK // 2)
    blocks = np.zeros((rows, columns // BLOCK), Q4_BLOCK)
    blocks["d"], blocks["q"] = scale[:, None], halves[:, :, 0] | halves[:, :, 1] << 4
    return blocks.tobytes()


PACKERS = {"q8_0": (Q8_0, pack_q8_0), "q4_0": (Q4_0, pack_q4_0)}


def _blocks(data, kind, rows, columns, offset=0):
    """Returns (float16 scales [rows, blocks], integers int8 [rows, blocks, 32]) of a Q8_0 or Q4_0 tensor."""
    block = Q8_BLOCK if kind == Q8_0 else Q4_BLOCK
    blocks = np.frombuffer(data, block, rows * columns // BLOCK, offset).reshape(rows, -1)
    if kind == Q8_0:
        return blocks["d"], blocks["q"]
    return blocks["d"], np.concatenate((blocks["q"] & 15, blocks["q"] >> 4), -1).astype(np.int8) - np.int8(8)


def _dequantize(data, kind, rows, columns, offset=0):
    """Returns float32 [rows, columns] of a Q8_0 or Q4_0 tensor."""
    scales, integers = _blocks(data, kind, rows, columns, offset)
    return (scales.astype(np.float32)[..., None] * integers.astype(np.float32)).reshape(rows, columns)


def _text(value):
    raw = value.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(value):
    """Returns (type number, bytes) of a metadata value: str, int (u32), float (f32), or a list of ints or floats."""
    if isinstance(value, str):
        return STRING, _text(value)
    if isinstance(value, (int, np.integer)):
        return U32, struct.pack("<I", value)
    if isinstance(value, (float, np.floating)):
        return FLOAT, struct.pack("<f", value)
    items = np.asarray(value)
    kind, items = (U32, items.astype("<u4")) if items.dtype.kind in "iu" else (FLOAT, items.astype("<f4"))
    return ARRAY, struct.pack("<IQ", kind, items.size) + items.tobytes()


def write(path, metadata, tensors, matrix_type="f32", keep_f32=("token_embd.weight",), int4_rows=None):
    """Writes a GGUF file.

    metadata     {key: str | int | float | list}; ints become u32, floats f32
    tensors      {name: float array [n] or [rows, columns]}; vectors stay F32
    matrix_type  "f32", "q8_0" or "q4_0" for the matrices not named in `keep_f32`; "q4_0" and int4_rows add the key ROW_SCALES
    int4_rows    {name: (scale [rows], q [rows, columns])} of matrices that are rounded already: they become q4_0, whatever the others are
    """
    if matrix_type != "f32" and matrix_type not in PACKERS:
        raise ValueError(f"matrix type {matrix_type!r} is not one of f32, {', '.join(PACKERS)}")
    metadata = {key: value for key, value in metadata.items() if key != ROW_SCALES}
    int4_rows = int4_rows or {}
    if matrix_type == "q4_0" or int4_rows:
        metadata[ROW_SCALES] = 1
    infos, blobs, offset = [], [], 0
    for name, tensor in tensors.items():
        tensor = np.ascontiguousarray(tensor, np.float32)
        kind, pack = F32, np.ndarray.tobytes
        if matrix_type in PACKERS and tensor.ndim == 2 and name not in keep_f32:
            kind, pack = PACKERS[matrix_type]
        if name in int4_rows:
            kind, blob = Q4_0, pack_int4_rows(*int4_rows[name])
        else:
            blob = pack(tensor)
        dims = tensor.shape[::-1]
        infos.append(
            _text(name)
            + struct.pack("<I", len(dims))
            + struct.pack(f"<{len(dims)}Q", *dims)
            + struct.pack("<IQ", kind, offset)
        )
        blob += bytes(-len(blob) % ALIGNMENT)
        blobs.append(blob)
        offset += len(blob)
    _write_file(path, metadata, infos, blobs)


def _rotated(word, bits):
    return (word << bits | word >> (64 - bits)) & MASK


def _mixed(lane, word):
    return _rotated((lane + word * PRIMES[1]) & MASK, 31) * PRIMES[0] & MASK


def xxh64(data, seed=0):
    """Returns XXH64 of bytes (xxHash specification 0.1.1). About 3 MB a second."""
    lanes = [(seed + start) & MASK for start in (PRIMES[0] + PRIMES[1], PRIMES[1], 0, -PRIMES[0])]
    striped = len(data) // 32 * 32
    for words in struct.iter_unpack("<4Q", memoryview(data)[:striped]):
        lanes = [_mixed(lane, word) for lane, word in zip(lanes, words)]
    if striped:
        value = sum(_rotated(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ _mixed(0, lane)) * PRIMES[0] + PRIMES[3]) & MASK
    else:
        value = (seed + PRIMES[4]) & MASK
    value = (value + len(data)) & MASK
    rest = data[striped:]
    for (word,) in struct.iter_unpack("<Q", rest[: len(rest) // 8 * 8]):
        value = (_rotated(value ^ _mixed(0, word), 27) * PRIMES[0] + PRIMES[3]) & MASK
    rest = rest[len(rest) // 8 * 8 :]
    if len(rest) >= 4:
        value ^= struct.unpack_from("<I", rest)[0] * PRIMES[0] & MASK
        value = (_rotated(value, 23) * PRIMES[1] + PRIMES[2]) & MASK
        rest = rest[4:]
    for byte in rest:
        value = _rotated(value ^ byte * PRIMES[4] & MASK, 11) * PRIMES[0] & MASK
    value = (value ^ value >> 33) * PRIMES[1] & MASK
    value = (value ^ value >> 29) * PRIMES[2] & MASK
    return value ^ value >> 32


def _digits(head):
    """Returns where the digits of FILE_HASH stand: behind its key and the value's type and length."""
    key = _text(FILE_HASH)
    return head.index(key) + len(key) + 4 + 8


def _seal(before, after):
    return f"{xxh64(after, xxh64(before)):016x}".encode()


def _write_file(path, metadata, infos, blobs):
    metadata = {**metadata, FILE_HASH: "0" * 16}
    head = MAGIC + struct.pack("<IQQ", VERSION, len(infos), len(metadata))
    for key, value in metadata.items():
        kind, raw = _value(value)
        head += _text(key) + struct.pack("<I", kind) + raw
    head += b"".join(infos)
    head += bytes(-len(head) % ALIGNMENT)
    digits = _digits(head)
    before, after = head[:digits], b"".join([head[digits + 16 :], *blobs])
    with open(path, "wb") as file:
        file.write(before + _seal(before, after) + after)


def set_metadata(path, changes):
    """Adds or replaces keys of an undamaged file, or removes those given as None; its tensors keep their bytes, its hash follows."""
    metadata, infos, data = _parse(path)
    if FILE_HASH in metadata:
        digits = _digits(data)
        if data[digits : digits + 16] != _seal(data[:digits], data[digits + 16 :]):
            raise ValueError(f"{path}: {FILE_HASH} is not that of the file's bytes: it is damaged")
    base = min(offset for _, _, _, offset in infos)
    packed = []
    for name, shape, kind, offset in infos:
        dims = shape[::-1]
        packed.append(
            _text(name)
            + struct.pack("<I", len(dims))
            + struct.pack(f"<{len(dims)}Q", *dims)
            + struct.pack("<IQ", kind, offset - base)
        )
    kept = {key: value for key, value in {**metadata, **changes}.items() if value is not None}
    _write_file(path, kept, packed, [data[base:]])


class _Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, form):
        value = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value if len(value) > 1 else value[0]

    def text(self):
        size = self.take("<Q")
        raw = self.data[self.at : self.at + size]
        self.at += size
        return bytes(raw).decode()

    def value(self, kind):
        if kind == STRING:
            return self.text()
        if kind == ARRAY:
            item, count = self.take("<IQ")
            if item == STRING:
                return [self.text() for _ in range(count)]
            array = np.frombuffer(self.data, SCALARS[item], count, self.at)
            self.at += array.nbytes
            return array
        return self.take(SCALARS[kind])


def _parse(path):
    """Returns (metadata, [(name, shape, type, offset in data)], data)."""
    with open(path, "rb") as file:
        data = file.read()
    cursor = _Cursor(data)
    if data[:4] != MAGIC:
        raise ValueError(f"{path}: not a GGUF file")
    cursor.at = 4
    version, n_tensors, n_keys = cursor.take("<IQQ")
    if version != VERSION:
        raise ValueError(f"{path}: GGUF version {version}, expected {VERSION}")
    metadata = {}
    for _ in range(n_keys):
        key = cursor.text()
        metadata[key] = cursor.value(cursor.take("<I"))
    infos = []
    for _ in range(n_tensors):
        name, n_dims = cursor.text(), cursor.take("<I")
        dims = [cursor.take("<Q") for _ in range(n_dims)]
        infos.append((name, dims[::-1], *cursor.take("<IQ")))
    base = cursor.at + -cursor.at % ALIGNMENT
    return metadata, [(name, shape, kind, base + offset) for name, shape, kind, offset in infos], data


def read_rows(path):
    """Returns {name: (scale float32 [rows], q float32 [rows, columns])} of the quantised tensors with one scale per row.

    The engine takes such rows as they stand, with the key ROW_SCALES in 4 bits and without it in 8.
    """
    rows = {}
    _, infos, data = _parse(path)
    for name, shape, kind, offset in infos:
        if kind in (Q8_0, Q4_0):
            scales, integers = _blocks(data, kind, *shape, offset)
            if (scales == scales[:, :1]).all():
                rows[name] = scales[:, 0].astype(np.float32), integers.reshape(shape).astype(np.float32)
    return rows


def read(path):
    """Returns (metadata, {name: float32 array}) of a GGUF file; Q8_0, Q4_0 and F16 tensors are dequantised.

    Raises ValueError for a foreign magic or version, or a tensor type other than F32, F16, Q8_0 and Q4_0.
    """
    metadata, infos, data = _parse(path)
    tensors = {}
    for name, shape, kind, offset in infos:
        count = int(np.prod(shape))
        if kind in (Q8_0, Q4_0):
            tensors[name] = _dequantize(data, kind, *shape, offset)
        elif kind in (F32, F16):
            tensors[name] = (
                np.frombuffer(data, "<f4" if kind == F32 else "<f2", count, offset).astype(np.float32).reshape(shape)
            )
        else:
            raise ValueError(f"{path}: tensor {name} has type {kind}, only F32, F16, Q8_0 and Q4_0 are read")
    return metadata, tensors
