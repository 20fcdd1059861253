/* SPDX-License-Identifier: Apache-2.0 */
/* Sorting: loops, recursion, comparisons, memory moves. */
#include <stdlib.h>
#include <string.h>

#include "programs.h"

enum { COUNT = 500 };

static void fill(int32_t *v, uint32_t seed)
{
	for (int i = 0; i < COUNT; i++)
		v[i] = (int32_t)(next_random(&seed) >> (i % 3 * 8));
}

static uint32_t digest(const int32_t *v)
{
	uint32_t sum = 0;

	for (int i = 0; i < COUNT; i++)
		sum = fold(sum, (uint32_t)v[i]);
	for (int i = 1; i < COUNT; i++)
		if (v[i - 1] > v[i])
			sum = 0;
	return sum;
}

static void insertion_sort(int32_t *v)
{
	for (int i = 1; i < COUNT; i++) {
		const int32_t value = v[i];
		int at = i;

		for (; at > 0 && v[at - 1] > value; at--)
			v[at] = v[at - 1];
		v[at] = value;
	}
}

static void quick_sort(int32_t *v, int lo, int hi)
{
	const int32_t pivot = v[(lo + hi) / 2];
	int i = lo, j = hi;

	while (i <= j) {
		while (v[i] < pivot)
			i++;
		while (v[j] > pivot)
			j--;
		if (i <= j) {
			const int32_t other = v[i];

			v[i++] = v[j];
			v[j--] = other;
		}
	}
	if (lo < j)
		quick_sort(v, lo, j);
	if (i < hi)
		quick_sort(v, i, hi);
}

static void sift(int32_t *v, int root, int end)
{
	for (int child; (child = 2 * root + 1) < end; root = child) {
		const int32_t value = v[root];

		if (child + 1 < end && v[child] < v[child + 1])
			child++;
		if (value >= v[child])
			return;
		v[root] = v[child];
		v[child] = value;
	}
}

static void heap_sort(int32_t *v)
{
	for (int i = COUNT / 2 - 1; i >= 0; i--)
		sift(v, i, COUNT);
	for (int end = COUNT - 1; end > 0; end--) {
		const int32_t largest = v[0];

		v[0] = v[end];
		v[end] = largest;
		sift(v, 0, end);
	}
}

static int compare(const void *a, const void *b)
{
	const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

void run_sorts(void)
{
	static int32_t v[COUNT];

	fill(v, 1);
	insertion_sort(v);
	report("insertion sort", digest(v));
	fill(v, 2);
	quick_sort(v, 0, COUNT - 1);
	report("quick sort", digest(v));
	fill(v, 3);
	heap_sort(v);
	report("heap sort", digest(v));
	fill(v, 4);
	qsort(v, COUNT, sizeof(v[0]), compare);
	report("qsort()", digest(v));
}
