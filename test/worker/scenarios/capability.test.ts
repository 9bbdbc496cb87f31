import { play } from './play.ts';

play('capability');
