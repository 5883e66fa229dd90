"""Test functions that go through the complex plane and come back real."""

import cmath

import numpy as np


def moduli(x):
    z, w = x[0] + 1j * x[1], complex(x[2], x[3])
    products = abs(z**2 - w) ** 2 + (z * w).real + (z / w).imag + abs(z**-2) + abs(w**1.5)
    return products + np.abs(np.exp(z)) + np.sqrt(z).imag + np.log(w).imag + np.angle(z)


def complex_arrays(x):
    z = x[:2] + 1j * x[2:]
    norms = np.sum(np.abs(z) ** 2) + np.linalg.norm(z) + np.vdot(z, z).real + (z @ z.conj()).real
    return norms + np.real(np.sum(z**3)) + z.real.sum() * z.imag.prod() + np.mean(z).real


def spectra(x):
    full, half = np.fft.fft(x), np.fft.rfft(x)
    filtered = np.fft.ifft(full * np.array([1, 0.5, 0.2, 0.5])).real
    slope = np.fft.irfft(half * (1j * np.arange(3)), n=4)
    plane = np.fft.ifft2(np.fft.fft2(x.reshape(2, 2)) ** 2).real
    return np.sum(np.abs(full) ** 2 * np.arange(4)) + filtered.prod() + slope @ slope + plane.sum()


def with_cmath(x):
    waves = abs(cmath.exp(1j * x[0]) + cmath.exp(2j * x[1])) ** 2
    return waves + cmath.phase(complex(x[0], x[1])) + cmath.sqrt(x[2]).imag + cmath.cosh(x[3]).real


def complex_buffer(x):
    response = np.zeros(3, dtype=complex)
    for k in range(3):
        response[k] = x[0] + x[1] * 1j * k
    response += 1j * x[2]
    matrix = np.array([[1, 1j], [x[0], 2 - 1j * x[1]]], dtype=np.complex128)
    chosen = np.where(x > 0, np.exp(1j * x), 2j).imag
    return np.sum(np.abs(response)) + abs(np.linalg.det(matrix)) + chosen.sum()


def impedance(p):
    w = np.linspace(1, 5, 4)
    z = p[0] + 1j * w * p[1] + 1 / (1j * w * p[2])
    return np.sum((np.abs(z) - 2) ** 2) + np.sum(np.angle(z)) + np.sum(20 * np.log10(np.abs(1 / z)))


def escape(x):
    c, z = complex(x[0], x[1]), 0
    for _ in range(4):
        z = z * z + c
    return abs(z)


def filter_design(c):
    w = np.linspace(0, np.pi, 6)
    gain = np.array([np.sum(c * np.exp(-1j * wk * np.arange(4))) for wk in w])
    return np.sum((np.abs(gain) - (w < 1)) ** 2)


def expectation(t):
    pauli = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]
    psi = np.array([1, 0], dtype=complex)
    for angle, p in zip(t, pauli, strict=True):
        psi = (np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * p) @ psi
    return np.vdot(psi, (pauli[2] + 0.3 * pauli[0]) @ psi).real


CASES = {
    moduli: (4, -2, 2), complex_arrays: (4, -2, 2), spectra: (4, -2, 2), with_cmath: (4, -2, 2),
    complex_buffer: (4, -2, 2), impedance: (3, 0.2, 2), escape: (2, -1, 1),
    filter_design: (4, 0, 1), expectation: (3, -1, 1),
}  # fmt: skip
MINIMA: dict = {}
