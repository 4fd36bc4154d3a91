#!/usr/bin/env python3
"""Makes the tiny files in corpus/: real ones of every kind, from which the fuzzers start. Needs Pillow (with libtiff)."""

import io
import json
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

CORPUS = Path(__file__).parent / "corpus"


def put(target, name, data):
    path = CORPUS / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def picture(mode, width=40, height=24):
    image = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((3, 3, 20, 8), fill=0)
    pen.ellipse((18, 8, 36, 22), fill=90)
    return image.convert(mode)


def packed(mode, kind, **options):
    data = io.BytesIO()
    picture(mode).save(data, kind, **options)
    return data.getvalue()


def images():
    put("image", "gray.png", packed("L", "PNG", dpi=(300, 300)))
    put("image", "palette.png", packed("P", "PNG"))
    put("image", "bilevel.png", packed("1", "PNG"))
    put("image", "alpha.png", packed("RGBA", "PNG"))
    put("image", "gray.jpg", packed("L", "JPEG", dpi=(200, 200)))
    exif = Image.Exif()
    exif[274], exif[282], exif[296] = 6, 300.0, 2
    put("image", "turned.jpg", packed("RGB", "JPEG", exif=exif, progressive=True))
    put("image", "cmyk.jpg", packed("CMYK", "JPEG"))
    put("image", "rgb.bmp", packed("RGB", "BMP", dpi=(300, 300)))
    put("image", "bilevel.bmp", packed("1", "BMP"))
    put("image", "lossless.webp", packed("RGB", "WEBP", lossless=True))
    put("image", "lossy.webp", packed("RGB", "WEBP"))
    put("image", "gray.jp2", packed("L", "JPEG2000"))


def tiffs():
    for name, mode, compression in [
        ("g4", "1", "group4"), ("g3", "1", "group3"), ("lzw", "RGB", "tiff_lzw"), ("packbits", "L", "packbits"),
        ("deflate", "P", "tiff_adobe_deflate"), ("jpeg", "L", "jpeg"), ("cmyk", "CMYK", None),
    ]:
        put("tiff", f"{name}.tif", packed(mode, "TIFF", compression=compression, dpi=(300, 300)))
    more = [picture("1"), picture("1", 24, 40)]
    put("tiff", "three-pages.tif", packed("1", "TIFF", compression="group4", save_all=True, append_images=more))


def stream(dictionary, data):
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary.encode(), len(data), data)


def pdf(objects):
    """Objects numbered from 1, the first being the catalog, with a table of where they are."""
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return out + end % (len(objects) + 1, table, len(objects) + 1, len(out))


def page(content, resources="", others=(), entries=""):
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 80 48]/Contents 4 0 R/Resources<<{resources}>>{entries}>>".encode(),
        stream("", content),
        *others,
    ])


def pdfs():
    kind = "/Type/XObject/Subtype/Image/Width 40/Height 24"
    named = "/XObject<</Im 5 0 R>>"
    draw, draw_over = b"q 80 0 0 48 0 0 cm /Im Do Q", b"0 0 9 9 re f q 80 0 0 48 0 0 cm /Im Do Q"
    gray, bits = picture("L").tobytes(), picture("1").tobytes()
    fax = io.BytesIO()
    picture("1").save(fax, "TIFF", compression="group4")
    with Image.open(fax) as tiff:
        start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    fax = fax.getvalue()[start:start + length]
    images = {
        "raw": ("/ColorSpace/DeviceGray/BitsPerComponent 8", gray),
        "flate": ("/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode", zlib.compress(gray)),
        "bits": ("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode", zlib.compress(bits)),
        "stencil": ("/ImageMask true/BitsPerComponent 1/Filter/FlateDecode", zlib.compress(bits)),
        "dct": ("/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", packed("RGB", "JPEG")),
        "jpx": ("/Filter/JPXDecode", packed("L", "JPEG2000")),
        "fax": ("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 40/Rows 24>>", fax),
        "indexed": ("/ColorSpace[/Indexed/DeviceRGB 1<000000FFFFFF>]/BitsPerComponent 1", bits),
    }
    for name, (how, data) in images.items():
        put("pdf", f"scan-{name}.pdf", page(draw, named, [stream(kind + how, data)]))
    how, data = images["flate"]
    put("pdf", "drawn.pdf", page(draw_over, named, [stream(kind + how, data)], "/Rotate 90"))
    mask = stream(kind + how, data)
    put("pdf", "masked.pdf", page(draw, named, [stream(f"{kind}{how}/SMask 6 0 R", data), mask]))
    put("pdf", "inline.pdf", page(b"q 80 0 0 48 0 0 cm BI /W 4 /H 2 /CS /G /BPC 8 ID 01234567 EI Q"))
    font = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    put("pdf", "text.pdf", page(b"BT /F 12 Tf 5 20 Td (Ke hoach) Tj [(so) -200 (12)] TJ ET", font))
    form = stream("/Type/XObject/Subtype/Form/BBox[0 0 80 48]/Group<</S/Transparency>>", b"1 0 0 rg 5 5 40 20 re f")
    put("pdf", "form.pdf", page(b"q .5 0 0 .5 9 9 cm /Im Do Q", named, [form]))
    shading = "/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 80 0]/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>>>"
    put("pdf", "shading.pdf", page(b"q 5 5 60 30 re W n /S sh Q", shading))


def texts():
    text = "ỦY BAN NHÂN DÂN\nXÃ THANH LĨNH\n\nSố: 12/KH-UBND\n"
    put("text", "utf8.txt", text)
    put("text", "marked.txt", b"\xef\xbb\xbf" + text.encode())
    put("text", "little.txt", b"\xff\xfe" + text.encode("utf-16-le"))
    put("text", "big.txt", b"\xfe\xff" + text.encode("utf-16-be"))
    put("text", "tcvn3.txt", b"K\xd5 ho\xb9ch s\xe8 12, \xf1y ban nh\xa9n d\xa9n x\xb7\n")
    put("text", "vni.txt", b"Ke\xe1 hoa\xefch so\xe1 12, u\xfby ban nha\xe2n da\xe2n\n")


def recordings():
    columns = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
    sheet = dict(number=1, width=2480, height=3508, dpi=300.0, source_width=2480, source_height=3508,
                 to_source=dict(coefficients=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0]), origin="engine", blank=False,
                 rulings=[dict(direction="horizontal", bbox=dict(x0=606, y0=386, x1=821, y1=389))])
    symbols = json.dumps([["K", 0.99, []], ["ế", 0.9, [["é", 0.1]]]], ensure_ascii=False)
    words = [f"5\t1\t1\t1\t1\t1\t300\t200\t90\t30\t96.5\tKế\t{symbols}", "5\t1\t1\t1\t1\t2\t400\t200\t90\t30\t91\ta\\tb\t[]"]
    put("replay", "own.tsv", "\n".join(["#vanthu-ocr 1", f"#page {json.dumps(sheet)}", f"{columns}\tsymbols", *words, ""]))
    plain = ["1\t1\t0\t0\t0\t0\t0\t0\t2480\t3508\t-1\t", "5\t1\t1\t1\t1\t1\t300\t200\t90\t30\t96.5\tKế",
             "5\t1\t2\t1\t1\t1\t300\t450\t90\t30\t91\tsố"]
    put("replay", "plain.tsv", "\n".join([columns, *plain, ""]))


def settings():
    put("config", "all.toml", 'jobs = 2\nformats = ["json", "txt", "pdf"]\ngroup = "folder"\npage-timeout = 60\n'
        'max-pixels = 100000000\nmax-file-bytes = 1000000\npages = "1-3,7"\nforce = true\ntessdata = "models"\n')
    put("config", "short.toml", '# one job\njobs=1\npages="9-"\n')


def logs():
    edit = dict(offset=0, to="Kế", source="marks", posterior=0.98, applied=True)
    lines = [{**edit, "from": "Ke"}, {**edit, "from": "hoach", "to": "hoạch", "offset": 3},
             {**edit, "from": "so", "to": "số", "offset": 9, "applied": False}]
    log = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    put("edit_log", "applied.bin", f"Kế hoạch so 12\n\0{log}\n")
    put("edit_log", "empty.bin", "Kế hoạch\0")
    line = {"at": "2026-01-02T03:04:05Z", "by": "Lan", "kind": "field", "pointer": "/a/0", "was": "x", "is": "y"}
    word = {"at": "2026-01-02T03:04:05Z", "by": "Lan", "kind": "word", "page": 1, "bbox": [0, 0, 9, 9], "was": "x", "is": "y"}
    put("corrections", "two.jsonl", "".join(json.dumps(one) + "\n" for one in (line, word)))


for make in (images, tiffs, pdfs, texts, recordings, settings, logs):
    make()
