package dev.nst.backend;

/** What a {@linkplain BackendProvider#probe probe} answers. */
public sealed interface Availability {

  /**
   * The backend can be opened here.
   *
   * @param description what it would run on, for a person: "Vector API, 512-bit, 2 threads"
   */
  record Available(String description) implements Availability {}

  /**
   * The backend cannot be opened here.
   *
   * @param reason what is missing
   * @param remedy what to do about it
   * @param expected true where nothing is wrong with the machine (there is simply no such device),
   *     so that choosing another backend is worth no warning
   */
  record Unavailable(String reason, String remedy, boolean expected) implements Availability {}
}
