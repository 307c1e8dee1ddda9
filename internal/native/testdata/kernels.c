// The loops of BenchmarkKernels in C: prints the nanoseconds of one step of a kernel.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static double pi(long n) {
  double h = 1.0 / n, s = 0;
  for (long i = 1; i <= n; i++) {
    double x = h * (i - 0.5);
    s += 4 / (1 + x * x);
  }
  return s * h;
}

static double mandelbrot(long n) {
  long steps = 0;
  for (long k = 0; steps < n; k++) {
    double cr = -2 + 2.5 * (k % 500) / 500, ci = 1.2 * (k % 77) / 77, x = 0, y = 0;
    for (int i = 1; i <= 200; i++) {
      double t = x * x - y * y + cr;
      y = 2 * x * y + ci;
      x = t;
      steps++;
      if (x * x + y * y > 4) break;
    }
  }
  return steps;
}

static double collatz(long n) {
  double steps = 0;
  for (double i = 1; steps < n; i++)
    for (double k = i; k != 1; steps++) k = fmod(k, 2) == 0 ? k / 2 : 3 * k + 1;
  return steps;
}

static double dot(long n) {
  long m = 100000;
  double *a = calloc(m, 8), *b = calloc(m, 8), s = 0;
  for (long i = 0; i < m; i++) a[i] = i, b[i] = 1;
  for (long k = 0; k < n / m; k++)
    for (long i = 0; i < m; i++) s += a[i] * b[i];
  return s;
}

static double stencil(long n) {
  long m = 512;
  double *a = calloc(m * m, 8), *b = calloc(m * m, 8);
  b[m * 100 + 7] = 1;
  for (long k = 0; k < n / (m * m); k++) {
    for (long i = 1; i < m - 1; i++)
      for (long j = 1; j < m - 1; j++) {
        long p = i * m + j;
        a[p] = 0.25 * (b[p - 1] + b[p + 1] + b[p - m] + b[p + m]);
      }
    double *t = a;
    a = b, b = t;
  }
  return a[m * 100 + 8];
}

static double matmul(long n) {
  long m = 200;
  double *a = calloc(m * m, 8), *b = calloc(m * m, 8), *c = calloc(m * m, 8);
  for (long i = 0; i < m * m; i++) a[i] = i % 7, b[i] = i % 5;
  for (long r = 0; r < n / (m * m * m); r++)
    for (long i = 0; i < m; i++)
      for (long k = 0; k < m; k++) {
        double x = a[i * m + k];
        for (long j = 0; j < m; j++) c[i * m + j] += x * b[k * m + j];
      }
  return c[m + 1];
}

static double waves(long n) {
  double s = 0;
  for (long i = 1; i <= n; i++) s += sin(i) * exp(-1e-6 * i);
  return s;
}

int main(int argc, char **argv) {
  struct { const char *name; double (*run)(long); } all[] = {
    {"pi", pi}, {"mandelbrot", mandelbrot}, {"collatz", collatz}, {"dot", dot}, {"stencil", stencil}, {"matmul", matmul}, {"waves", waves},
  };
  long n = atol(argv[2]);
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
    if (!strcmp(argv[1], all[i].name)) {
      double begin = now(), result = all[i].run(n);
      printf("%g %.17g\n", (now() - begin) / n, result);
    }
}
