"""Reads and writes GGUF version 3 files (little endian) with F32, F16 and row-scaled Q8_0 tensors.

Method: the format of github.com/ggml-org/ggml/blob/master/docs/gguf.md. A q8_0 tensor of ours has ONE scale per row, repeated
in every block of 32, so a kernel can take the int8 values and a single scale per row while the file stays standard.
"""
import struct

import numpy as np

MAGIC, VERSION, ALIGNMENT, BLOCK = b"GGUF", 3, 32, 32
F32, F16, Q8_0 = 0, 1, 8
FILE_TYPES = {"f32": 0, "f16": 1, "q8_0": 7}
SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
U32, FLOAT, STRING, ARRAY = 4, 6, 8, 9


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
    blocks = np.zeros((rows, columns // BLOCK), np.dtype([("d", "<f2"), ("q", "i1", BLOCK)]))
    blocks["d"], blocks["q"] = scale[:, None], q.reshape(rows, -1, BLOCK)
    return blocks.tobytes()


def unpack_q8_0(data, rows, columns):
    """Returns float32 [rows, columns] of the bytes of a Q8_0 tensor."""
    blocks = np.frombuffer(data, np.dtype([("d", "<f2"), ("q", "i1", BLOCK)]), rows * columns // BLOCK).reshape(
        rows, -1
    )
    return (blocks["d"].astype(np.float32)[..., None] * blocks["q"].astype(np.float32)).reshape(rows, columns)


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


def write(path, metadata, tensors, matrix_type="f32", keep_f32=("token_embd.weight",)):
    """Writes a GGUF file.

    metadata     {key: str | int | float | list}; ints become u32, floats f32
    tensors      {name: float array [n] or [rows, columns]}; vectors stay F32
    matrix_type  "f32" or "q8_0" for the matrices not named in `keep_f32`
    """
    infos, blobs, offset = [], [], 0
    for name, tensor in tensors.items():
        tensor = np.ascontiguousarray(tensor, np.float32)
        quantized = matrix_type == "q8_0" and tensor.ndim == 2 and name not in keep_f32
        blob = pack_q8_0(tensor) if quantized else tensor.tobytes()
        dims = tensor.shape[::-1]
        infos.append(
            _text(name)
            + struct.pack("<I", len(dims))
            + struct.pack(f"<{len(dims)}Q", *dims)
            + struct.pack("<IQ", Q8_0 if quantized else F32, offset)
        )
        blob += bytes(-len(blob) % ALIGNMENT)
        blobs.append(blob)
        offset += len(blob)
    _write_file(path, metadata, infos, blobs)


def _write_file(path, metadata, infos, blobs):
    head = MAGIC + struct.pack("<IQQ", VERSION, len(infos), len(metadata))
    for key, value in metadata.items():
        kind, raw = _value(value)
        head += _text(key) + struct.pack("<I", kind) + raw
    head += b"".join(infos)
    head += bytes(-len(head) % ALIGNMENT)
    with open(path, "wb") as file:
        file.write(head)
        file.writelines(blobs)


def set_metadata(path, changes):
    """Adds or replaces keys of a file; its tensors keep their bytes."""
    metadata, infos, data = _parse(path)
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
    _write_file(path, {**metadata, **changes}, packed, [data[base:]])


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
    """Returns {name: (scale float32 [rows], q float32 [rows, columns])} of the Q8_0 tensors that have one scale per row."""
    rows = {}
    _, infos, data = _parse(path)
    for name, shape, kind, offset in infos:
        if kind == Q8_0:
            blocks = np.frombuffer(
                data, np.dtype([("d", "<f2"), ("q", "i1", BLOCK)]), shape[0] * shape[1] // BLOCK, offset
            ).reshape(shape[0], -1)
            if (blocks["d"] == blocks["d"][:, :1]).all():
                rows[name] = blocks["d"][:, 0].astype(np.float32), blocks["q"].reshape(shape).astype(np.float32)
    return rows


def read(path):
    """Returns (metadata, {name: float32 array}) of a GGUF file; Q8_0 and F16 tensors are dequantised.

    Raises ValueError for a foreign magic or version, or a tensor type other than F32, F16 and Q8_0.
    """
    metadata, infos, data = _parse(path)
    tensors = {}
    for name, shape, kind, offset in infos:
        count = int(np.prod(shape))
        if kind == Q8_0:
            tensors[name] = unpack_q8_0(memoryview(data)[offset:], *shape)
        elif kind in (F32, F16):
            tensors[name] = (
                np.frombuffer(data, "<f4" if kind == F32 else "<f2", count, offset).astype(np.float32).reshape(shape)
            )
        else:
            raise ValueError(f"{path}: tensor {name} has type {kind}, only F32, F16 and Q8_0 are read")
    return metadata, tensors
