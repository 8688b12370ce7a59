"""A picture of a robot, drawn by this code, to dissolve into noise and to bring back."""

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageDraw

FINE = 8  # drawn this much larger, then averaged down: smooth edges
UNITS = 96  # of the drawing, on each side
GREEN, DARK, LIGHT = "#3a8f5c", "#1d4a31", "#74c795"  # the jumper's own green, shaded and lit
SKY, FLOOR, WHITE, RED, GREY = "#dcebf7", "#b9c3cd", "#ffffff", "#d1495b", "#59636e"

Box = tuple[float, float, float, float]


def portrait(size: int = 96) -> Float[np.ndarray, "size size 3"]:
    """Draws the picture, colours in [0, 1]."""
    if size < 1:
        raise ValueError(f"size must be at least 1, got {size}")
    image = Image.new("RGB", (UNITS * FINE, UNITS * FINE), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle(scaled((0, 84, 96, 96)), fill=FLOOR)
    draw_limbs(draw)
    draw_body(draw)
    draw_face(draw)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX), dtype=np.float64) / 255


def scaled(box: Box) -> Box:
    """Scales a box to pixels."""
    left, top, right, bottom = box
    return left * FINE, top * FINE, right * FINE, bottom * FINE


def draw_limbs(draw: ImageDraw.ImageDraw) -> None:
    """Draws antenna, arms and wheels: what shows behind the body."""
    draw.line(scaled((48, 22, 48, 9)), fill=DARK, width=2 * FINE + FINE // 2)
    draw.ellipse(scaled((43, 4, 53, 14)), fill=RED)
    for side in (-1, 1):
        shoulder, elbow, hand = 48 + side * 27, 48 + side * 38, 48 + side * 39
        raise_to = 36 if side > 0 else 66  # the right arm waves
        draw.line(scaled((shoulder, 54, elbow, raise_to)), fill=DARK, width=5 * FINE)
        draw.ellipse(scaled((hand - 5, raise_to - 6, hand + 5, raise_to + 4)), fill=LIGHT, outline=DARK, width=FINE)
        wheel = 48 + side * 17
        draw.ellipse(scaled((wheel - 9, 72, wheel + 9, 90)), fill=GREY)
        draw.ellipse(scaled((wheel - 4, 77, wheel + 4, 85)), fill=WHITE)


def draw_body(draw: ImageDraw.ImageDraw) -> None:
    """Draws the body, the square that jumps."""
    draw.rounded_rectangle(scaled((19, 20, 77, 78)), radius=7 * FINE, fill=GREEN, outline=DARK, width=2 * FINE)
    for ear in (16, 74):
        draw.rounded_rectangle(scaled((ear, 32, ear + 6, 44)), radius=2 * FINE, fill=DARK)


def draw_face(draw: ImageDraw.ImageDraw) -> None:
    """Draws a light screen with two eyes that look aside, and a smile."""
    draw.rounded_rectangle(scaled((26, 27, 70, 61)), radius=6 * FINE, fill=WHITE, outline=DARK, width=FINE)
    for eye in (38, 58):
        draw.ellipse(scaled((eye - 6, 33, eye + 6, 47)), fill=DARK)
        draw.ellipse(scaled((eye, 35, eye + 4, 40)), fill=WHITE)
    draw.arc(scaled((39, 42, 57, 57)), 20, 160, fill=DARK, width=2 * FINE + FINE // 2)
    for button, colour in ((40, RED), (48, LIGHT), (56, LIGHT)):
        draw.ellipse(scaled((button - 3, 65, button + 3, 71)), fill=colour)
