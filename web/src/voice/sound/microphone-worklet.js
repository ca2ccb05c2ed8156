// Runs beside the page, where sound is made: hands on what it hears in pieces of about forty milliseconds.

const PIECE = 2048

class Microphone extends AudioWorkletProcessor {
  #piece = new Float32Array(PIECE)
  #filled = 0

  process([[samples]]) {
    for (const sample of samples ?? []) {
      this.#piece[this.#filled] = sample
      this.#filled += 1
      if (this.#filled === PIECE) this.#handOn()
    }
    return true
  }

  #handOn() {
    this.port.postMessage(this.#piece, [this.#piece.buffer])
    this.#piece = new Float32Array(PIECE)
    this.#filled = 0
  }
}

registerProcessor('microphone', Microphone)
