package dev.nst.transfer;

/**
 * The weighted losses of one picture.
 *
 * @param total sum of the other three
 * @param content weighted content loss
 * @param style weighted style loss
 * @param tv weighted total variation
 */
public record Losses(double total, double content, double style, double tv) {

  /** Returns whether every loss is a number. */
  public boolean isFinite() {
    return Double.isFinite(total) && Double.isFinite(content + style + tv);
  }
}
