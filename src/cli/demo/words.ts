/** What the generated shop sells and who visits it. Nobody here exists; addresses are in domains reserved for examples. */

interface Country {
  code: string;
  language: string;
  firstNames: readonly string[];
  lastNames: readonly string[];
}

const words = (text: string) => text.split(' ');

/** The first ones send the most visitors. */
export const countries: readonly Country[] = [
  {
    code: 'DE',
    language: 'de',
    firstNames: words('Mia Emma Hannah Lina Jürgen Lukas Felix Anja Birgit Jonas Katrin Moritz'),
    lastNames: words('Schneider Weber Wagner Becker Hoffmann Schäfer Krüger Vogel Brandt Lorenz Böhm Seidel'),
  },
  {
    code: 'FR',
    language: 'fr',
    firstNames: words('Camille Léa Chloé Manon Hugo Louis Jules Élodie Antoine Mathilde Bastien Inès'),
    lastNames: words('Martin Bernard Dubois Moreau Laurent Lefèvre Girard Fontaine Mercier Chevalier Rousseau Garnier'),
  },
  {
    code: 'GB',
    language: 'en',
    firstNames: words('Olivia Amelia Harry George Freya Isla Oscar Poppy Callum Imogen Rhys Niamh'),
    lastNames: words('Taylor Davies Evans Walker Wright Hughes Clarke Bennett Fletcher Marsh Pryce Holloway'),
  },
  {
    code: 'US',
    language: 'en',
    firstNames: words('Ava Sophia Liam Noah Mason Harper Ethan Zoe Jamal Maria Dylan Grace'),
    lastNames: words('Johnson Miller Garcia Anderson Nguyen Robinson Carter Reyes Sullivan Brooks Hayes Coleman'),
  },
  {
    code: 'NL',
    language: 'nl',
    firstNames: words('Sanne Femke Daan Bram Lotte Joost Maaike Thijs Anouk Ruben'),
    lastNames: words('Jansen Visser Bakker Mulder Bos Peeters Kok Dekker Schouten Kuipers'),
  },
  {
    code: 'ES',
    language: 'es',
    firstNames: words('Lucía Sofía Hugo Pablo Carmen Álvaro Marta Iván Nuria Diego'),
    lastNames: words('Fernández López Ruiz Moreno Navarro Iglesias Ortega Castillo Vega Núñez'),
  },
  {
    code: 'PL',
    language: 'pl',
    firstNames: words('Zofia Julia Antoni Jakub Maja Wojciech Agnieszka Piotr Kinga Tomasz'),
    lastNames: words('Nowak Kowalczyk Mazur Krawczyk Zając Wróbel Dudek Pawlak Sikora Górski'),
  },
  {
    code: 'SE',
    language: 'sv',
    firstNames: words('Astrid Elsa Nils Axel Saga Linnéa Björn Maj Oskar Tove'),
    lastNames: words('Lindberg Nyström Sandström Holm Björk Ekdahl Forsberg Åkesson Wallin Sjögren'),
  },
];

export const mailDomains = ['example.com', 'example.org', 'example.net', 'mail.example', 'post.example'];

export interface Product {
  name: string;
  category: string;
  /** In cents. */
  price: number;
}

/** The first ones sell best. */
export const products: readonly Product[] = [
  ['Enamel mug', 'Kitchen', 1_290],
  ['Linen tea towel', 'Kitchen', 950],
  ['Wool blanket', 'Living', 8_900],
  ['Bicycle bell', 'Outdoor', 1_490],
  ['Candle, beeswax', 'Living', 1_650],
  ['Rucksack 20 l', 'Outdoor', 7_450],
  ['Cast iron pan', 'Kitchen', 5_900],
  ['Notebook, dotted', 'Desk', 1_190],
  ['Thermos flask', 'Outdoor', 3_490],
  ['Desk lamp', 'Desk', 6_950],
  ['Oak chopping board', 'Kitchen', 4_200],
  ['Merino socks', 'Clothing', 1_950],
  ['Rain jacket', 'Clothing', 11_900],
  ['Fountain pen', 'Desk', 3_850],
  ['Picnic rug', 'Outdoor', 4_950],
  ['Coffee grinder', 'Kitchen', 7_990],
  ['Wall clock', 'Living', 5_490],
  ['Scarf, lambswool', 'Clothing', 4_450],
  ['Hammock', 'Outdoor', 9_800],
  ['Paper lantern', 'Living', 2_290],
  ['Paring knife', 'Kitchen', 2_750],
  ['Writing set', 'Desk', 2_490],
  ['Felt slippers', 'Clothing', 3_290],
  ['Tent for two', 'Outdoor', 24_900],
].map(([name, category, price]) => ({ name, category, price }) as Product);

/** Pages that are no product. */
export const pages = ['/', '/new', '/sale', '/kitchen', '/outdoor', '/journal', '/shipping', '/about', '/gifts'];

/** How many start a visit in each hour of the day (UTC): few at night, most in the evening. */
export const visitsByHour = [2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 12, 11, 10, 10, 11, 13, 16, 19, 20, 17, 11, 5];
