import { type RefObject, useEffect } from 'react';

/**
 * Lets the keyboard into what has to be scrolled sideways to be read: wide tables and long lines of code, at the width that the
 * window has now. What fits is passed over.
 */
export function useReachableByKeyboard(frame: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const parts = [...(frame.current?.querySelectorAll<HTMLElement>('pre, [data-scrolls]') ?? [])];
    const look = () => {
      for (const part of parts) {
        if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
        else part.removeAttribute('tabindex');
      }
    };
    const observer = new ResizeObserver(look);
    for (const part of parts) observer.observe(part);
    return () => observer.disconnect();
  }, [frame]);
}
