import { play } from './play.ts';

play('people');
