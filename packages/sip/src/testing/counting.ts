// Unpredictable values that tests can predict: one after another.

export const counting = (begin = 'r'): (() => string) => {
  let count = 0;
  return () => {
    count++;
    return `${begin}${count}`;
  };
};
