import { play } from './play.ts';

play('contacts');
