/* Writes multimodal.csv, the data of the main example: y = -x sin(10 x), x = 0.001 ... 1.000, 1000 rows.
 *     ./make_multimodal > multimodal.csv */
#include <math.h>
#include <stdio.h>

int main(void) {
    printf("x,y\n");
    for (int i = 1; i <= 1000; i++) {
        double x = i / 1000.0;
        printf("%.3f,%.17g\n", x, -x * sin(10 * x));
    }
    return 0;
}
