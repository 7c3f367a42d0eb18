// Questions that come faster than their answers: only the newest one waits.

import { isAbort } from 'anyslice';

/** Only the newest question is asked while an older one is being answered: for what follows the pointer. */
export class Latest<Question, Answer> {
  private busy = false;
  private next: Question | null = null;

  constructor(
    private readonly ask: (question: Question) => Promise<Answer>,
    private readonly tell: (answer: Answer, question: Question) => void,
    private readonly fail: (error: unknown, question: Question) => void,
  ) {}

  async put(question: Question): Promise<void> {
    this.next = question;
    if (this.busy) return;
    this.busy = true;
    while (this.next !== null) {
      const current: Question = this.next;
      this.next = null;
      try {
        const answer = await this.ask(current);
        if (this.next === null) this.tell(answer, current);
      } catch (error) {
        if (this.next === null && !isAbort(error)) this.fail(error, current);
      }
    }
    this.busy = false;
  }
}
