"""scikit-learn's bundled digits: 8 x 8 values of 0 to 16, and labels."""

from peer import Answer


def main():
    answer = Answer()
    try:
        from sklearn.datasets import load_digits

        digits = load_digits()
        answer.add("scikit-learn", "", images=digits.data.ravel().tolist(), labels=[int(label) for label in digits.target])
    except ImportError as error:
        answer.absent("scikit-learn's digits", error)
    answer.write()


main()
