/* SPDX-License-Identifier: Apache-2.0 */
/* Floating point: the basic operations, roots and conversions are exact to the bit by IEEE 754,
 * and series made of them. Compiled without contraction. */
#include <math.h>
#include <string.h>

#include "programs.h"

static uint32_t bits_of(float value)
{
	uint32_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

static uint32_t fold_double(uint32_t sum, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return fold(fold(sum, (uint32_t)bits), (uint32_t)(bits >> 32));
}

/* -1000 to 1000, and now and then far away. */
static float random_float(uint32_t *seed)
{
	const float f = (float)(int32_t)(next_random(seed) % 2000001u - 1000000u) / 1000.0f;

	return next_random(seed) % 16 ? f : f * 1e30f;
}

static void single(void)
{
	uint32_t seed = 11, sum = 0;

	for (int i = 0; i < 300; i++) {
		const float a = random_float(&seed), b = random_float(&seed) + 0.0005f;

		sum = fold(sum, bits_of(a + b));
		sum = fold(sum, bits_of(a - b));
		sum = fold(sum, bits_of(a * b));
		sum = fold(sum, bits_of(a / b));
		sum = fold(sum, bits_of(sqrtf(a < 0 ? -a : a)));
		sum = fold(sum, (a < b) + 2u * (a == b) + 4u * (a >= b));
		if (a > -1e6f && a < 1e6f)
			sum = fold(sum, (uint32_t)(int32_t)a + (uint32_t)(a < 0 ? 0 : a));
	}
	report("float", sum);
}

static void dual(void)
{
	uint32_t seed = 12, sum = 0;

	for (int i = 0; i < 300; i++) {
		const double a = (double)random_float(&seed) * 1.000000001;
		const double b = (double)random_float(&seed) / 3.0 + 0.0005;

		sum = fold_double(sum, a + b);
		sum = fold_double(sum, a - b);
		sum = fold_double(sum, a * b);
		sum = fold_double(sum, a / b);
		sum = fold_double(sum, sqrt(a < 0 ? -a : a));
		sum = fold(sum, (a < b) + 2u * (a == b) + 4u * (a >= b));
		sum = fold(sum, bits_of((float)a));
		if (a > -1e6 && a < 1e6)
			sum = fold_double(sum,
				(double)(int64_t)(a * 1e6) + (double)(uint32_t)(b < 0 ? 0 : 7));
	}
	report("double", sum);
}

static double sine(double x)
{
	double term = x, sum = x;

	for (int n = 1; n < 12; n++) {
		term = -term * x * x / (double)(2 * n * (2 * n + 1));
		sum += term;
	}
	return sum;
}

static float exponential(float x)
{
	float term = 1.0f, sum = 1.0f;

	for (int n = 1; n < 20; n++) {
		term = term * x / (float)n;
		sum += term;
	}
	return sum;
}

/* Logistic map, matrix product, polynomial: each step's error goes into the next. */
static void series(void)
{
	uint32_t sum = 0;
	double chaos = 0.3;
	float m[3][3] = { { 1.5f, 0.25f, -1.0f }, { 0.1f, 0.9f, 0.3f }, { -0.7f, 0.2f, 1.1f } };

	for (int i = 0; i < 60; i++)
		sum = fold_double(sum, sine((double)i / 20.0));
	report("sines", sum);
	for (int i = 0; i < 60; i++)
		sum = fold(sum, bits_of(exponential((float)(i - 30) / 10.0f)));
	report("exponentials", sum);
	for (int i = 0; i < 200; i++)
		chaos = 3.9 * chaos * (1.0 - chaos);
	report("logistic map", fold_double(0, chaos));
	for (int n = 0; n < 10; n++) {
		float p[3][3];

		for (int i = 0; i < 3; i++)
			for (int j = 0; j < 3; j++) {
				p[i][j] = 0;
				for (int k = 0; k < 3; k++)
					p[i][j] += m[i][k] * m[k][j] / 2.0f;
			}
		memcpy(m, p, sizeof(m));
	}
	report("matrices", fold(bits_of(m[0][0]), bits_of(m[2][1])));
}

/* The edges: infinities, NaN comparisons, subnormal numbers, signed zeros. */
static void edges(void)
{
	volatile float zero = 0.0f, huge = 3e38f, tiny = 1.1e-38f;
	volatile double dzero = 0.0, dhuge = 1e308, dtiny = 2.3e-308;
	uint32_t sum = 0;

	sum = fold(sum, bits_of(huge * 10.0f));
	sum = fold(sum, bits_of(-huge * 10.0f));
	sum = fold(sum, bits_of(1.0f / -zero * 1.0f));
	sum = fold(sum, bits_of(tiny / 3.0f));
	sum = fold(sum, bits_of(tiny / 1e10f));
	sum = fold(sum, bits_of(zero * -1.0f));
	sum = fold(sum, zero / zero != zero / zero);
	sum = fold_double(sum, dhuge * 10.0);
	sum = fold_double(sum, dtiny / 3.0);
	sum = fold_double(sum, dtiny / 1e20);
	sum = fold_double(sum, dzero * -1.0);
	sum = fold(sum, bits_of((float)(dhuge * 0.5)));
	sum = fold(sum, bits_of((float)(1e-40 + dzero)));
	report("edges", sum);
}

void run_floats(void)
{
	single();
	dual();
	series();
	edges();
}
