"""QR codes as pages show them."""

from vssid.documents.qr import qr_svg


def test_the_code_needs_no_style_and_no_script():
    svg = qr_svg("xin chào", label="Mã QR của thẻ BHYT")
    assert "style" not in svg
    assert "<script" not in svg
    assert svg.startswith("<svg ")
    assert "viewBox" in svg
    assert 'role="img" aria-label="Mã QR của thẻ BHYT"' in svg
    assert "<title>Mã QR của thẻ BHYT</title>" in svg


def test_a_label_cannot_break_out():
    svg = qr_svg("x", label='"><script>alert(1)</script>')
    assert "<script" not in svg


def test_the_ground_is_white_with_four_modules_around():
    svg = qr_svg("x", label="x")
    assert '<path fill="#fff" d="M0 0h29v29h-29z"/>' in svg  # version 1: 21 modules and twice 4
    assert 'd="M4 4.5h7' in svg
